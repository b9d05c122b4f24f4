"""A server in a process of its own: `python -m tests.runs.second_server FOLDER DATABASE`.

Prints the id of a run that it has trained for an epoch, and ends with its input, if it is not killed."""

import sys
from pathlib import Path

from playground.runs import Runs, RunState
from tests.runs.experiments import endless, submit, wait_for


def main() -> None:
    folder, database = sys.argv[1:]
    runs = Runs(Path(folder), 2, database)
    runs.start()
    run_id = submit(runs, endless(), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    print(run_id, flush=True)
    sys.stdin.read()
    runs.close()


if __name__ == "__main__":
    main()
