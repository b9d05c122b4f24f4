"""The app as a user starts it: a real server in its own process, on a free port, with its own data folder."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class App:
    """A running server. log: its output. process_id: the server's own process, the parent of the fork server."""

    url: str
    log: Path
    process_id: int


@contextmanager
def running_app(data: Path, *, parallel_runs: int = 4, start_seconds: float = 60, source: Path = ROOT) -> Iterator[App]:
    """Runs the app for the duration of the block; `data` is its data folder, `source` that of its code.

    Raises: RuntimeError with the server's output if it exits or does not respond within `start_seconds`."""
    data.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), data / "server.log"
    settings = {"PLAYGROUND_DATA": str(data), "PLAYGROUND_PARALLEL_RUNS": str(parallel_runs)}
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        f"--server.port={port}",
        "--server.address=localhost",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=source, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            url = f"http://localhost:{port}"
            wait_until_healthy(url, process, log, start_seconds)
            yield App(url, log, process.pid)
        finally:
            _end(process)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server exited with {process.returncode}:\n{log.read_text(errors='replace')[-4000:]}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as response:
                if response.status == 200:
                    return
        except OSError:  # not listening yet
            time.sleep(0.05)
    raise RuntimeError(f"the server did not respond within {seconds} s:\n{log.read_text(errors='replace')[-4000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Terminates the server, so that it closes its runs; after ten seconds kills it and its workers."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
