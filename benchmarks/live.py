"""What a user experiences, measured in a real Chromium with a real server on this machine: training speed while watched, the first point,
frames per second, those of the picture of the network, a drawn stroke, the start, a page switch.

    python -m benchmarks.live [PART …]"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.figures import Figure, median, percentile, report
from benchmarks.plain_loop import samples_per_second
from playground.catalog.datasets import Spiral
from playground.catalog.layers import Dense, Output, Tanh
from playground.catalog.losses import BCE
from playground.catalog.optimizers import SGD
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import chromium, new_context, settled, show
from tests.browser.server import App, running_app
from tests.browser.steps import experiment, number, open_experiment, press, train, wait_for_points, wait_for_state
from tests.browser.strokes import DIGITS, draw_digit

ROUNDS = 5
DIGIT_ROUNDS = 3

ALONE = {"small_cnn": (10, 1.0), "vgg_small": (6, 1.0), "lenet5": (16, 0.9), "mlp_784_256_10": (60, 0.9)}
"""By preset: epochs, which take about ten seconds, and the target of the speed relative to a plain loop."""


def watched_samples_per_second(page: Page, app: App, data: Path, spec: ExperimentSpec, most_seconds: float = 120) -> float:
    """The speed of a run with its page open, as reported by the run when it finishes."""
    open_experiment(page, app, spec)
    train(page)
    wait_for_state(page, "finished", seconds=most_seconds)
    newest = max(data.rglob("metrics.jsonl"), key=lambda path: path.stat().st_mtime)
    last = json.loads(newest.read_text().splitlines()[-1])
    return float(last["samples_per_second"])


def alone(page: Page, app: App, data: Path, preset: str) -> Figure:
    """One visitor with default settings: a run with its page open, relative to a plain loop with PyTorch's default threads, in turn."""
    epochs, target = ALONE[preset]
    ratios = []
    for _ in range(ROUNDS):
        page.goto("about:blank")
        plain = samples_per_second(preset, epochs)
        watched = watched_samples_per_second(page, app, data, experiment(preset, epochs=epochs))
        print(f"  {preset}: plain loop {plain:,.0f} samples/s, watched run {watched:,.0f}, {watched / plain:.2f}", flush=True)
        ratios.append(watched / plain)
    return Figure(f"{preset} with the page open, relative to a plain loop", median(ratios), "×", target, "higher")


def first_point(page: Page, app: App) -> Figure:
    """From the click on Train to the frame in which the chart has its first point."""
    times = []
    for _ in range(ROUNDS + 1):  # the first is warm-up
        open_experiment(page, app, experiment("mlp_784_256_10", epochs=20))
        page.wait_for_selector(".pg-live-chart .js-plotly-plot")
        page.evaluate("""() => {
            const chart = document.querySelector('.pg-live-chart');
            window.firstPoint = new Promise((resolve) => {
                let pressed = 0;
                addEventListener('click', () => { pressed = performance.now(); }, { capture: true, once: true });
                new MutationObserver((_, observer) => {
                    if (!pressed || !Number(chart.dataset.points)) return;
                    observer.disconnect();
                    requestAnimationFrame(() => resolve(performance.now() - pressed));
                }).observe(chart, { attributes: true });
            });
        }""")
        press(page, "play")
        times.append(page.evaluate("window.firstPoint"))
        press(page, "stop")
        wait_for_state(page, "stopped")
    print("  " + ", ".join(f"{time:.0f}" for time in times))
    return Figure("click on Train → first point drawn", median(times[1:]), "ms", 300, "lower")


def frames(page: Page, app: App) -> Figure:
    rates = []
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    train(page)
    wait_for_points(page, 20)
    for _ in range(ROUNDS):
        before, start = number(page, "frames"), time.perf_counter()
        page.wait_for_timeout(2000)
        rates.append((number(page, "frames") - before) / (time.perf_counter() - start))
    press(page, "stop")
    wait_for_state(page, "stopped")
    return Figure("frames drawn per second during training", median(rates), "1/s", 10, "higher")


def picture_frames(page: Page, app: App, name: str) -> Figure:
    """Of the picture of the network, while all other views are open as well."""
    spec, target = PICTURES[name]
    rates = []
    open_experiment(page, app, spec)
    train(page)
    for _ in range(ROUNDS):
        before, start = _picture(page), time.perf_counter()
        page.wait_for_timeout(2000)
        rates.append((_picture(page) - before) / (time.perf_counter() - start))
    print("  " + ", ".join(f"{rate:.1f}" for rate in rates), flush=True)
    press(page, "stop")
    wait_for_state(page, "stopped")
    return Figure(f"frames of the picture of the network per second during training, {name}", median(rates), "1/s", target, "higher")


def _picture(page: Page) -> int:
    return int(page.locator(".pg-network").get_attribute("data-frames") or 0)


def spiral() -> ExperimentSpec:
    """2-8-8-8-1 on a spiral, as in TensorFlow Playground: 250 training points, batches of 10, plain gradient descent."""
    hidden = (Dense(units=8), Tanh()) * 3
    training = TrainingSettings(epochs=1000, batch_size=10)
    return ExperimentSpec(data=Spiral(samples=500), network=(*hidden, Output()), loss=BCE(), optimizer=SGD(lr=0.03), training=training)


PICTURES: dict[str, tuple[ExperimentSpec, float]] = {
    "2-8-8-8-1": (spiral(), 10),
    "small_cnn": (experiment("small_cnn", epochs=40), 5),
    "lenet5": (experiment("lenet5", epochs=80), 5),
    "char_gpt": (experiment("char_gpt", epochs=20), 2),
}
"""By name: a run that takes long enough, and the target."""


def stroke_to_prediction(page: Page, app: App) -> Figure:
    """From the end of a stroke to the frame that shows the prediction for the whole drawing."""
    show(page, f"{app.url}/draw")
    times = []
    for _ in range(DIGIT_ROUNDS):
        for digit in DIGITS:
            draw_digit(page, digit, gap=4)
            page.wait_for_selector(".pg-prediction[data-latency-ms]")
            page.wait_for_timeout(300)
            times.append(float(page.locator(".pg-prediction").get_attribute("data-latency-ms") or "nan"))
            page.locator("[data-tool=clear]").click()
    return Figure("end of a stroke → new prediction on the screen, 95th percentile", percentile(times, 0.95), "ms", 100, "lower")


def start(browser: Browser) -> Figure:
    """From the start of the server's process to a usable first page."""
    times = []
    for _ in range(ROUNDS):
        context = new_context(browser)
        page = context.new_page()
        with tempfile.TemporaryDirectory() as data:
            began = time.perf_counter()
            with running_app(Path(data)) as app:
                page.goto(app.url, wait_until="commit")
                page.wait_for_selector("[data-testid='stMain'] a, [data-testid='stMain'] button")
                times.append(time.perf_counter() - began)
                settled(page)
        context.close()
    print("  " + ", ".join(f"{time:.1f}" for time in times))
    return Figure("server start → first page usable", median(times), "s", 5, "lower")


def page_switch(page: Page, app: App) -> Figure:
    """From the click on a page's name until its heading or first control is on the screen."""
    show(page, app.url)
    times = []
    for _ in range(ROUNDS):
        for title, sign in (("Playground", ".st-key-play button"), ("Draw", ".pg-draw canvas"), ("Explain", ".pg-attribution, h1, h2")):
            link = page.get_by_role("link", name=title, exact=True).first
            began = time.perf_counter()
            link.click()
            page.wait_for_selector(f"[data-testid='stMain'] :is({sign})")
            page.wait_for_function("path => location.pathname.endsWith(path)", arg=title.lower())
            times.append(1000 * (time.perf_counter() - began))
            settled(page)
    print("  " + ", ".join(f"{time:.0f}" for time in times))
    return Figure("page switch", median(times), "ms", 300, "lower")


WITH_PAGE: dict[str, Callable[[Page, App], Figure]] = {
    "page_switch": page_switch,
    "first_point": first_point,
    "frames": frames,
    "stroke": stroke_to_prediction,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = ["start", *WITH_PAGE, *ALONE, "pictures"]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(parts)}; all by default")
    chosen = parser.parse_args().parts or parts
    if unknown := set(chosen) - set(parts):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(parts)}")
    figures = []
    with chromium() as browser:
        if "start" in chosen:
            figures.append(start(browser))
        if "pictures" in chosen:
            for name in PICTURES:
                with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
                    figures.append(picture_frames(new_context(browser).new_page(), app, name))
                    print(figures[-1], flush=True)
        for name in chosen:
            if name not in ("start", "pictures"):
                with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), parallel_runs=os.cpu_count() or 1) as app:
                    page = new_context(browser).new_page()
                    figures.append(WITH_PAGE[name](page, app) if name in WITH_PAGE else alone(page, app, Path(folder), name))
                    print(figures[-1], flush=True)
    report(figures)


if __name__ == "__main__":
    main()
