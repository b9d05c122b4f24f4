"""Two versions of the code on one machine: `python -m benchmarks.compare FOLDER NAME …` runs the named benchmarks alternately in FOLDER, a
checkout of the earlier version, and here, and prints the median of each figure in both.

Each round measures a figure once, wherever a benchmark has rounds of its own."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.figures import median

ROUNDS = 7
HERE = Path(__file__).resolve().parent.parent

_ONE_ROUND = """
import importlib, sys
benchmark = importlib.import_module("benchmarks." + sys.argv[1])
for name in ("ROUNDS", "DIGIT_ROUNDS", "PAGE_ROUNDS"):
    if hasattr(benchmark, name):
        setattr(benchmark, name, 1)
benchmark.main()
"""
_FIGURE = re.compile(r"^(?P<name>.+): (?P<value>[-+.\de]+) (?P<unit>\S+) \([≥≤]", re.MULTILINE)


def figures(folder: Path, benchmark: str) -> dict[str, float]:
    """Each figure of one round, its unit in its name. Raises: CalledProcessError if the benchmark fails."""
    output = subprocess.run([sys.executable, "-c", _ONE_ROUND, benchmark], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {f"{found['name']}, {found['unit']}": float(found["value"]) for found in _FIGURE.finditer(output)}


def main() -> int:
    folder, names = Path(sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if not names or not (folder / "benchmarks").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    measured: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for number in range(ROUNDS):
        for name in names:
            # Which one comes first alternates, too: what a machine does meanwhile often lasts longer than one measurement.
            for version in (0, 1) if number % 2 == 0 else (1, 0):
                for figure, value in figures((folder, HERE)[version], name).items():
                    measured[figure][version].append(value)
        print(f"round {number + 1} of {ROUNDS}", flush=True)
    for figure, (before, after) in measured.items():
        if before and after:
            old, new = median(before), median(after)
            print(f"{figure}: {old:.3g} → {new:.3g} (× {new / old:.3f}; {len(before)} and {len(after)} measurements)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
