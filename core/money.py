"""How amounts of money are written."""

from decimal import Decimal


def money(amount: Decimal | None) -> str:
    """Return an amount to four places, for a call costs hundredths of a cent; what is not known is a dash."""
    return "–" if amount is None else f"{amount:,.4f}"
