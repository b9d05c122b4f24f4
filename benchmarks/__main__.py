"""`python -m benchmarks [NAME …]`: runs the named benchmarks, or all, each in a fresh process so that they stay independent."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUIET_LOAD = 0.5
"""Load average up to which the machine counts as idle."""

NOT_BENCHMARKS = {"__init__", "__main__", "baselines", "compare", "figures", "plain_loop"}


def names() -> list[str]:
    """Modules of this package, and packages in it, that measure something."""
    modules = {path.stem for path in HERE.glob("*.py")} | {path.parent.name for path in HERE.glob("*/__main__.py")}
    return sorted(modules - NOT_BENCHMARKS)


def main() -> int:
    chosen = sys.argv[1:] or names()
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        print(f"unknown benchmark: {', '.join(unknown)}; known: {', '.join(names())}", file=sys.stderr)
        return 2
    busy = os.getloadavg()[0]
    if busy > QUIET_LOAD:
        print(f"This machine is busy (load {busy:.1f}), so the measured times include other work.", file=sys.stderr)
    failed = []
    for name in chosen:
        print(f"\n── {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
