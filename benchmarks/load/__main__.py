"""`python -m benchmarks.load [NAME …]`: measures the named scenarios, or all."""

import sys

from benchmarks.figures import Figure, report
from benchmarks.load.classroom import in_a_room
from benchmarks.load.scenarios import SCENARIOS

ALL = {**SCENARIOS, "in_a_room": in_a_room}


def main() -> int:
    chosen = sys.argv[1:] or list(ALL)
    unknown = [name for name in chosen if name not in ALL]
    if unknown:
        print(f"unknown scenario: {', '.join(unknown)}; known: {', '.join(ALL)}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in chosen:
        print(f"{name}", flush=True)
        measured = ALL[name]()
        for figure in measured:
            print(f"  {figure}", flush=True)
        figures += measured
    report(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
