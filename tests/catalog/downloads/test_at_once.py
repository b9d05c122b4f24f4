"""Several threads and processes that need the same dataset."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from playground.artifacts.fetching import DownloadStoppedError
from playground.catalog.datasets import Mnist
from tests.catalog.file_server import Files
from tests.catalog.tiny_files import TRAINS, examples
from tests.forked import at_once

DOWNLOADER = """
from playground.catalog.datasets import Mnist
from tests.catalog.tiny_files import tiny_sets

def work():
    with tiny_sets():
        Mnist.download()
"""


def test_threads_that_download_at_once_ask_once(server: Files) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(Mnist.download) for _ in range(6)]:
            done.result(60)
    assert len(server.asked) == len(Mnist.needs.files)
    assert Mnist.is_here()


def test_processes_that_download_at_once_ask_once(server: Files) -> None:
    at_once(2, DOWNLOADER)
    assert sorted(path for path, _ in server.asked) == sorted(f"/mnist/{file.name}" for file in Mnist.needs.files)
    assert np.array_equal(Mnist().load().train.inputs, examples(Mnist)[0][:TRAINS])


def test_a_process_that_is_killed_leaves_a_part_that_the_next_one_finishes(server: Files) -> None:
    server.hold_after = 2_000
    worker = subprocess.Popen([sys.executable, "-c", f"{DOWNLOADER}\nwork()"])
    part = Mnist.folder() / f"{Mnist.needs.files[0].name}.part"
    try:
        while not part.exists() or not part.stat().st_size:
            assert worker.poll() is None
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    came = part.stat().st_size
    server.release.set()
    server.hold_after = None
    server.asked.clear()
    Mnist.download()
    assert server.asked[0] == (f"/mnist/{Mnist.needs.files[0].name}", f"bytes={came}-")
    assert np.array_equal(Mnist().load().train.inputs, examples(Mnist)[0][:TRAINS])


def test_who_waits_for_another_can_stop_waiting(server: Files) -> None:
    server.hold_after = 2_000
    heard = threading.Event()
    thread = threading.Thread(target=Mnist.download, args=(lambda _: heard.set(),))
    thread.start()
    assert heard.wait(20)
    waited: list[int] = []
    with pytest.raises(DownloadStoppedError, match=r"stopped; the .* received so far are kept"):
        Mnist.download(waited.append, lambda: len(waited) >= 2)
    assert waited[0] >= 2_000, "it tells how far the other one is"
    server.release.set()
    thread.join(20)
    assert Mnist.is_here()
