"""Looking back at a run that has ended: from a key to the moment on the screen, with its numbers and views, for every moment that is kept.

`python -m benchmarks.rewind` prints a table, and the same as JSON."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.figures import Figure, median, percentile, report
from tests.browser.chromium import chromium, new_context, settled
from tests.browser.server import App, running_app
from tests.browser.steps import OVER, experiment, open_experiment, train, wait_for_state

EXPERIMENTS = {"small_cnn": experiment("small_cnn", epochs=20), "playground_2d": experiment("playground_2d", epochs=1000)}

WALK = """async () => {
    const [slider, box, view] = ['.pg-rewind input', '.pg-rewind', '.pg-live-view'].map((name) => document.querySelector(name));
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    const press = async (key) => {
        const [before, began] = [box.dataset.step, performance.now()];
        slider.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        while (box.dataset.step === before || (box.dataset.step && view.dataset.step !== box.dataset.step)) await frame();
        times.push(performance.now() - began);
    };
    slider.focus();
    while (!box.dataset.moments) await frame();
    await press('Home');
    while (box.dataset.step) await press('ArrowRight');
    return { moments: Number(box.dataset.moments), times };
}"""
"""From the first moment to the last, one key after another, and back to the end."""


def walked(page: Page, app: App, name: str) -> list[Figure]:
    open_experiment(page, app, EXPERIMENTS[name])
    settled(page)
    train(page)
    wait_for_state(page, *OVER, seconds=300)
    settled(page)
    result = page.evaluate(WALK)
    first, *times = result["times"][:-1]  # the last one leads back to the end, which is on the page already
    return [
        Figure(f"{name}: moments that are kept", result["moments"], "moments", 50, "higher"),
        Figure(f"{name}: first moment, while data and network are prepared", first, "ms", 1000, "lower"),
        Figure(f"{name}: any other one, median", median(times), "ms", 200, "lower"),
        Figure(f"{name}: 95th percentile", percentile(times, 0.95), "ms", 200, "lower"),
        Figure(f"{name}: slowest", max(times), "ms", 200, "lower"),
    ]


def main() -> None:
    figures = []
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, chromium() as browser:
        for name in EXPERIMENTS:
            context = new_context(browser)
            figures += walked(context.new_page(), app, name)
            context.close()
    report(figures)


if __name__ == "__main__":
    main()
