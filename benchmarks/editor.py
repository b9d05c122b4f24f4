"""The network editor in a real Chromium, with a network of thirty layers: time from an edit until every shape is on the screen, and
the frame rate while a layer is dragged."""

import json
import math
import tempfile
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.figures import Figure, median, percentile, report
from playground.catalog.layers import (
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Residual,
)
from playground.paths import layer_count
from playground.spec import ExperimentSpec
from tests.browser.chromium import chromium, new_context
from tests.browser.server import App, running_app
from tests.browser.steps import experiment, open_experiment

LAYERS = 30
EDITS = 80
WARM_UP = 5
PAUSE_MS = 400
DRAG_STEPS = 400

# From pressing a key or button to the frame after the one that drew the result: by then, every shape is that of the new network.
MEASURE = """() => {
    const editor = document.querySelector('.pg-editor');
    window.drawn = new Promise((resolve) => {
        let pressed = 0;
        const begin = (event) => {
            if (event.type === 'pointerdown' || event.key === 'Enter' || event.altKey) pressed ||= performance.now();
        };
        for (const type of ['keydown', 'pointerdown']) addEventListener(type, begin, { capture: true });
        let sent = false;
        new MutationObserver((_, observer) => {
            if (Number(editor.dataset.waiting)) sent = true;
            if (!sent || Number(editor.dataset.waiting)) return;
            observer.disconnect();
            for (const type of ['keydown', 'pointerdown']) removeEventListener(type, begin, { capture: true });
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
        }).observe(editor, { attributes: true });
    });
}"""


def thirty_layers() -> ExperimentSpec:
    """A network for digits with a residual block and parallel branches; thirty layers including those inside."""
    block = Residual(layers=(Conv2d(filters=16), BatchNorm(), ReLU(), Conv2d(filters=16), BatchNorm()))
    branches = Parallel(branch=((Conv2d(filters=8, kernel=1), ReLU()), (Conv2d(filters=12), ReLU()), (Conv2d(filters=4, kernel=5), ReLU())))
    start = (
        Conv2d(filters=16),
        BatchNorm(),
        ReLU(),
        block,
        ReLU(),
        MaxPool2d(),
        branches,
        Conv2d(filters=24),
        ReLU(),
        Dropout(),
        MaxPool2d(),
    )
    end = (Conv2d(filters=32), ReLU(), GlobalAvgPool2d(), Flatten(), Dense(units=64), ReLU(), Dropout(), Output())
    spec = experiment("small_cnn").model_copy(update={"network": (*start, *end)})
    if layer_count(spec) != LAYERS:
        raise AssertionError(f"the benchmark's network has {layer_count(spec)} layers")
    return spec


def edit(page: Page, number: int) -> None:
    """One of the edits that people make, each time with a new value."""
    filters = page.locator(".pg-editor").get_by_label("Filters")
    top = page.locator(".pg-editor > .pg-layers > .pg-step > .pg-card")
    match number % 8:
        case 0 | 1 | 2:
            field = filters.nth(number % filters.count())
            field.fill(str(20 + number))
            field.press("Enter")
        case 3:
            top.nth(8).locator("> .pg-row").get_by_label("Duplicate").click()
        case 4:
            top.nth(9).focus()
            page.keyboard.press("Alt+ArrowDown")
        case 5:
            top.nth(10).locator("> .pg-row").get_by_label("Remove (Delete)").click()
        case 6:
            page.locator(".pg-editor").get_by_label("Undo").click()
        case 7:
            page.locator(".pg-editor").get_by_label("Redo").click()


def edits(page: Page, app: App) -> list[float]:
    """Milliseconds per edit."""
    open_experiment(page, app, thirty_layers())
    page.wait_for_selector(".pg-editor .pg-card")
    times = []
    for number in range(WARM_UP + EDITS):
        page.evaluate(MEASURE)
        edit(page, number)
        times.append(float(page.evaluate("window.drawn")))
        page.wait_for_timeout(PAUSE_MS)
    return times[WARM_UP:]


# Times of the frames during which something is dragged, in ms.
RECORD = """() => {
    const editor = document.querySelector('.pg-editor');
    window.frames = [];
    const note = (now) => {
        if (editor.dataset.dragging) window.frames.push(now);
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
}"""


def dragging(page: Page, app: App) -> list[float]:
    """Milliseconds between frames while a layer is dragged up and down over the network and the page scrolls at its edges."""
    open_experiment(page, app, thirty_layers())
    page.wait_for_selector(".pg-editor .pg-card")
    page.evaluate(RECORD)
    box = page.locator(".pg-handle").nth(4).bounding_box()
    if box is None:
        raise AssertionError("the handle is not on the screen")
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    for step in range(DRAG_STEPS):
        page.mouse.move(box["x"] + 150 + 140 * math.sin(step / 7), 500 + 480 * math.sin(step / 40))
        page.wait_for_timeout(8)
    page.keyboard.press("Escape")
    page.mouse.up()
    frames = page.evaluate("window.frames")
    return [after - before for before, after in pairwise(frames)]


def main() -> None:
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        page = new_context(browser, height=1000).new_page()
        times = edits(page, app)
        frames = dragging(new_context(browser, height=1000).new_page(), app)
    print("  " + ", ".join(f"{time:.0f}" for time in times))
    print("  " + json.dumps({"p50": median(times), "p95": percentile(times, 0.95)}))
    report(
        [
            Figure(f"edit → all shapes on the screen, {LAYERS} layers, 95th percentile", percentile(times, 0.95), "ms", 200, "lower"),
            Figure(
                f"dragging over {LAYERS} layers, frames at the 95th percentile", 1000 / percentile(frames, 0.95), "frames/s", 30, "higher"
            ),
        ]
    )


if __name__ == "__main__":
    main()
