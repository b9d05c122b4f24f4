"""Epochs per second beside TensorFlow Playground: the same spiral of 250 training points, batches of 10, SGD and tanh, each with its page
open in the same Chromium, in turn.

    git clone --branch gh-pages https://github.com/tensorflow/playground FOLDER
    python -m benchmarks.tensorflow_playground FOLDER

Both draw every neuron, the weights and the boundary meanwhile. Its own page is counted by the epochs that it shows, ours by its chart."""

import argparse
import functools
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.figures import Figure, median, report
from playground.catalog.datasets import Spiral
from playground.catalog.layers import Dense, Output, Tanh
from playground.catalog.losses import BCE
from playground.catalog.optimizers import SGD
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import chromium, new_context
from tests.browser.server import App, running_app
from tests.browser.steps import chart, open_experiment, press, train, wait_for_state

NETWORKS = {"2-8-8-8-1": ((8, 8, 8), 3.0), "2-4-2-1": ((4, 2), 2.0)}
"""By name: units of the hidden layers, and the target of the ratio."""
ROUNDS, SECONDS, BATCH = 5, 3.0, 10


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's files."""
    server = ThreadingHTTPServer(("localhost", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def theirs(page: Page, url: str, units: tuple[int, ...]) -> float:
    """Epochs per second of TensorFlow Playground."""
    shape = ",".join(map(str, units))
    page.goto("about:blank")  # it reads its settings from the fragment, once
    page.goto(f"{url}/index.html#activation=tanh&batchSize={BATCH}&dataset=spiral&learningRate=0.03&noise=0&networkShape={shape}&seed=0.5"
              "&x=true&y=true&percTrainData=50")  # fmt: skip
    page.wait_for_selector("#iter-number")
    page.click("#play-pause-button")
    page.wait_for_timeout(500)
    rate = counted(page, "() => Number(document.querySelector('#iter-number').textContent.replaceAll(',', ''))")
    page.click("#play-pause-button")
    return rate


def ours(page: Page, app: App, units: tuple[int, ...]) -> float:
    layers = [layer for size in units for layer in (Dense(units=size), Tanh())]
    spec = ExperimentSpec(
        data=Spiral(samples=500, test_share=0.5),
        network=(*layers, Output()),
        loss=BCE(),
        optimizer=SGD(lr=0.03),
        training=TrainingSettings(epochs=1000, batch_size=BATCH),
    )
    open_experiment(page, app, spec)
    train(page)
    page.wait_for_timeout(500)
    rate = counted(page, "() => Number(document.querySelector('.pg-live-chart').dataset.epoch)")
    assert chart(page).get_attribute("data-state") == "running", "it ended while it was counted: a run has at most 1,000 epochs"
    press(page, "stop")
    wait_for_state(page, "stopped", "finished")
    return rate


def counted(page: Page, epoch: str) -> float:
    """Epochs per second, by the page's own clock."""
    read = f"() => [({epoch})(), performance.now()]"
    first, began = page.evaluate(read)
    time.sleep(SECONDS)
    last, ended = page.evaluate(read)
    return float(1000 * (last - first) / (ended - began))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with index.html and bundle.js of TensorFlow Playground")
    folder = parser.parse_args().folder
    figures = []
    with chromium() as browser, served(folder) as url, tempfile.TemporaryDirectory() as data, running_app(Path(data)) as app:
        page = new_context(browser).new_page()
        for name, (units, target) in NETWORKS.items():
            ratios = []
            for _ in range(ROUNDS):
                their_rate, our_rate = theirs(page, url, units), ours(page, app, units)
                print(f"  {name}: TensorFlow Playground {their_rate:.0f} epochs/s, ours {our_rate:.0f}", flush=True)
                ratios.append(our_rate / their_rate)
            figures.append(
                Figure(f"{name} on the spiral: epochs/s relative to TensorFlow Playground", median(ratios), "×", target, "higher")
            )
    report(figures)


if __name__ == "__main__":
    main()
