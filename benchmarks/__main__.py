"""All the benchmarks, one after another, each in a process of its own."""

import subprocess
import sys

PARTS = [
    "benchmarks.queues",
    "benchmarks.ranges",
    "benchmarks.streams",
    "benchmarks.first_content",
]


def main() -> int:
    """Run every part; the worst of their exit codes is ours."""
    worst = 0
    for part in PARTS:
        print(f"\n## {part}\n", flush=True)
        worst = max(worst, abs(subprocess.run([sys.executable, "-m", part]).returncode))
    return worst


if __name__ == "__main__":
    sys.exit(main())
