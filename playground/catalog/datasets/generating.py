"""`python -m playground.catalog.datasets.generating`: generates a dataset into the array cache, in a separate process.

Reads the dataset as JSON. Writes lines of JSON: the number of examples generated so far, and {"error": …} if that fails."""

import json
import sys
import time

from playground.catalog.datasets import DATASETS, DataError
from playground.catalog.datasets.progress import Progress

REPORT_SECONDS = 0.1


def main() -> int:
    """Returns the exit code."""
    settings = json.load(sys.stdin)
    Progress.watch = _Report()
    try:
        DATASETS[settings["kind"]].model_validate(settings).examples()
    except DataError as error:
        _write({"error": str(error)})
        return 1
    return 0


class _Report:
    def __init__(self) -> None:
        self._count, self._next = 0, 0.0

    def __call__(self) -> None:
        self._count += 1
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + REPORT_SECONDS
            _write(self._count)


def _write(message: int | dict[str, str]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
