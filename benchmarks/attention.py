"""From a keystroke to its attention maps on the screen, in a real Chromium with a real server on this machine: 4 layers × 4 heads × 64
tokens."""

import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from benchmarks.figures import Figure, median, percentile
from playground.catalog.datasets import PythonDocs
from playground.catalog.layers import Embedding, LayerNorm, Output, Positions, TransformerBlock
from playground.catalog.losses import CrossEntropy
from playground.spec import ExperimentSpec
from tests.browser.chromium import chromium, new_context, settled, show
from tests.browser.server import App, running_app
from tests.browser.steps import open_experiment, press, train, wait_for_state

LAYERS = HEADS = 4
TOKENS = 64
KEYSTROKES = 120
MAPS = ".pg-attention"
SPEC = ExperimentSpec(
    data=PythonDocs(window=TOKENS),
    network=(
        Embedding(width=128), Positions(), *(TransformerBlock(heads=HEADS, causal=True) for _ in range(LAYERS)), LayerNorm(), Output(),
    ),
    loss=CrossEntropy(),
)  # fmt: skip
TEXT = "The return statement leaves the current function call with the expression list (or None) as return value. " * 2


def keystrokes(page: Page, app: App) -> list[float]:
    """Milliseconds from each key to the frame with its maps, while the text keeps its full length."""
    open_experiment(page, app, SPEC)
    train(page, seconds=120)
    press(page, "stop")
    wait_for_state(page, "stopped")
    show(page, f"{app.url}/attention?run={parse_qs(urlsplit(page.url).query)['run'][0]}")
    page.wait_for_selector(f"{MAPS}[data-frames]")
    settled(page)
    text = page.locator(".pg-attention-text")
    text.fill(TEXT[:TOKENS])
    page.wait_for_selector(f"{MAPS}[data-tokens='{TOKENS}']")
    text.press("End")
    times = []
    for key in TEXT[TOKENS : TOKENS + KEYSTROKES]:
        page.evaluate(f"document.querySelector('{MAPS}').removeAttribute('data-latency-ms')")
        page.keyboard.type(key)
        page.wait_for_selector(f"{MAPS}[data-latency-ms]")
        times.append(float(page.locator(MAPS).get_attribute("data-latency-ms") or "nan"))
    assert page.locator(MAPS).get_attribute("data-tokens") == str(TOKENS)
    assert page.locator(".pg-attention-heads button").count() == LAYERS * HEADS + 1
    return times


def main() -> None:
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        times = keystrokes(new_context(browser).new_page(), app)
    print(f"  median {median(times):.0f} ms, slowest {max(times):.0f} ms")
    print(
        Figure("key → maps of 4 layers × 4 heads × 64 tokens on the screen, 95th percentile", percentile(times, 0.95), "ms", 150, "lower")
    )


if __name__ == "__main__":
    main()
