"""`python -m benchmarks.load [NAME …]`: measures the named scenarios, or all."""

import sys

from benchmarks.figures import Figure, report
from benchmarks.load.scenarios import SCENARIOS


def main() -> int:
    chosen = sys.argv[1:] or list(SCENARIOS)
    unknown = [name for name in chosen if name not in SCENARIOS]
    if unknown:
        print(f"unknown scenario: {', '.join(unknown)}; known: {', '.join(SCENARIOS)}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in chosen:
        print(f"{name}", flush=True)
        measured = SCENARIOS[name]()
        for figure in measured:
            print(f"  {figure}", flush=True)
        figures += measured
    report(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
