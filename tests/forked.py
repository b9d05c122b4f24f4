"""Several processes that do the same thing at once, forked from one, because importing PyTorch takes each of them longer than its work."""

import json
import subprocess
import sys
from typing import Any

_PROGRAM = """if True:
    import json, multiprocessing, sys
    code, count = json.loads(sys.argv[1])
    names = {}
    exec(code, names)
    context = multiprocessing.get_context("fork")
    together = context.Barrier(count)

    def run(_):
        together.wait(60)
        return names["work"]()

    with context.Pool(count) as pool:
        print(json.dumps(pool.map(run, range(count), chunksize=1)))"""


def at_once(count: int, code: str) -> list[Any]:
    """What `work()`, defined by the code, returns in each of so many processes, as JSON. Fails if it raises in any of them."""
    command = [sys.executable, "-c", _PROGRAM, json.dumps([code, count])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    results: list[Any] = json.loads(done.stdout)
    return results
