"""The PostgreSQL server of the tests leaves nothing behind, however the tests end."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
from tests.postgresql import running

with running() as server:
    print(server._folder, flush=True)
    input()
"""


def test_a_server_ends_with_its_tests_even_if_they_are_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as over:
        pass
    left = Path(tempfile.mkdtemp(prefix=f"playground-postgresql-{over.pid}-"))
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as tests:
        assert tests.stdout is not None
        folder = Path(tests.stdout.readline().strip())
        server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
        assert server.is_running()
        assert not left.exists(), "what earlier tests have left is removed"
        tests.kill()
    psutil.wait_procs([server], timeout=60)
    assert not server.is_running()
    deadline = time.monotonic() + 60
    while folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
