"""The Explain page of a recurrent network: tokens, and the cursor over its states and gates, by mouse, keyboard and touch."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from playground.catalog.datasets import Sentences
from playground.catalog.layers import LSTM, Embedding, Output
from playground.catalog.losses import BCE
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import open_experiment, train_to_the_end
from tests.browser.test_looks import OVERFLOWING, in_each_theme, serious_faults

SPEC = ExperimentSpec(
    data=Sentences(samples=400),
    network=(Embedding(width=6), LSTM(units=5), Output()),
    loss=BCE(),
    training=TrainingSettings(epochs=1, batch_size=128),
)


def states(page: Page) -> Locator:
    return page.locator(".st-key-explain-states .pg-step-maps")


def at(maps: Locator) -> tuple[int, int]:
    return int(maps.get_attribute("data-step") or -1), int(maps.get_attribute("data-row") or -1)


def test_a_typed_sentence_and_the_gates_that_read_it(visitor: Callable[..., Page], app: App) -> None:
    page = visitor()
    open_experiment(page, app, SPEC)
    train_to_the_end(page)
    (run,) = re.findall(r"run=([^&]+)", page.url)
    show(page, f"{app.url}/explain?run={run}")
    page.locator(".st-key-explain-sequence-source button").filter(has_text="Your own").click()
    page.locator("textarea").fill("the wine was not zyzzyva")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".pg-attribution[data-method=occlusion] .pg-token")).to_have_text(
        [re.compile(rf"^{word}") for word in ("the", "wine", "was", "not", "zyzzyva")], timeout=30_000
    )
    expect(page.locator(".pg-attribution[data-method=occlusion] .pg-unknown")).to_have_count(1)
    delta = page.locator(".pg-attribution[data-method=integrated_gradients]").get_attribute("data-delta")
    assert abs(float(delta or "nan")) < 1e-3
    maps = states(page)
    expect(maps).to_have_attribute("data-step", "4", timeout=30_000)
    settled(page)

    forget = maps.locator("canvas").nth(4)
    forget.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(maps).to_have_attribute("data-row", "1")
    assert at(maps) == (3, 1)
    expect(maps.locator(".pg-step-head")).to_contain_text("step 4 “not”, unit 2")
    expect(maps.locator(".pg-step-head")).to_contain_text(re.compile("memory .* = forget .* × memory before"))
    maps.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    expect(maps).to_have_attribute("data-step", "0")
    forget.hover(position={"x": (forget.bounding_box() or {})["width"] - 4, "y": 60})
    expect(maps).to_have_attribute("data-step", "4")
    expect(page.locator("img.pg-flow-chart")).to_be_visible(timeout=30_000)
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"

    phone = visitor(**NARROW, has_touch=True)
    show(phone, f"{app.url}/explain?run={run}")
    expect(states(phone)).to_be_visible(timeout=30_000)
    settled(phone)
    canvas = states(phone).locator("canvas").nth(1)
    canvas.tap(position={"x": 60, "y": 90})
    expect(states(phone)).to_have_attribute("data-step", re.compile("^[0-3]$"))
    assert phone.evaluate(OVERFLOWING) == [0, 0]
