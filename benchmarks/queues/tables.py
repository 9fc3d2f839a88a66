"""How the figures are shown, and what is promised of them."""

from collections.abc import Mapping, Sequence

from benchmarks.queues.promises import PROMISES

Figures = Mapping[str, Mapping[str, float]]

# How a figure is written, by how its name ends or begins; the rest are seconds.
RATES = ("drain", "four workers")
MILLISECONDS = ("enqueue", "pickup", "life")


def show_figures(results: Figures) -> None:
    """Print what each queue did; a dash stands for what it did not do in time."""
    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    rows = [[name, *(_written(name, results[of].get(name)) for of in results)] for name in names]
    _show(["", *results], rows)


def show_promises(results: Figures) -> bool:
    """Print each promise beside what was measured; return whether all that were measured hold."""
    rows, all_hold = [], True
    for promise in PROMISES:
        found = promise.measure(results)
        holds = found is not None and promise.holds(found)
        all_hold &= found is None or holds
        shown = "not measured" if found is None else f"{found:.2f}{promise.unit}"
        verdict = "" if found is None else "holds" if holds else "DOES NOT HOLD"
        rows.append(
            [promise.name, shown, f"{promise.sign} {promise.bound:g}{promise.unit}", verdict]
        )
    print()
    _show(["figure", "measured", "bound", ""], rows)
    return all_hold


def _written(name: str, value: float | None) -> str:
    if value is None:
        return "—"
    if name.startswith(RATES):
        return f"{value:,.0f} /s"
    if name.startswith(MILLISECONDS):
        return f"{1000 * value:.1f} ms"
    if name == "idle memory":
        return f"{value:.0f} MB"
    if name == "idle processor":
        return f"{100 * value:.1f} %"
    return f"{value:.0f}" if name == "run twice" else f"{value:.2f} s"


def _show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])], *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        print(f"| {' | '.join(cells)} |")
