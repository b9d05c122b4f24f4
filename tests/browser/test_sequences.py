"""What a run on sequences shows while it trains: generated text, and views of steps and of forecasts."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from playground.catalog.datasets import Airline, PythonDocs
from playground.catalog.layers import GRU, LAYERS, Output
from playground.catalog.losses import MSE, CrossEntropy
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import NARROW
from tests.browser.server import App
from tests.browser.steps import open_experiment, train_to_the_end
from tests.browser.test_looks import in_each_theme, serious_faults

TEXT = ExperimentSpec(
    data=PythonDocs(train_size=300, window=32, stride=512, test_share=0.05),
    network=(LAYERS["embedding"](width=16), GRU(units=16, returns="all"), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(epochs=2, device="cpu"),
)


def test_a_network_writes_while_it_trains_and_follows_the_prompt(page: Page, app: App) -> None:
    open_experiment(page, app, TEXT)
    expect(page.locator(".pg-generated")).to_contain_text("Press Train")
    train_to_the_end(page)
    generated = page.locator(".pg-generated[data-done=true]")
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("x" * 40)
    expect(generated).to_contain_text("Only the last 32 characters of the prompt are read")
    prompt.fill("naïve ")
    expect(generated).to_contain_text("read as \N{REPLACEMENT CHARACTER}: ï")
    expect(generated).to_have_attribute("data-characters", "200")
    expect(generated.locator(".pg-generated-next li:visible")).to_have_count(8)
    page.get_by_label("Length").fill("12")
    page.get_by_label("Length").press("Tab")
    expect(generated).to_have_attribute("data-characters", "12")
    text = page.locator(".pg-generated-text")
    before = text.inner_text()
    page.get_by_role("button", name="New seed").click()
    expect(text).not_to_have_text(before)
    page.get_by_label("Length").fill("0")
    expect(page.get_by_role("alert").filter(has_text="Length must be")).to_be_visible()
    view = page.locator(".pg-live-view")
    expect(view).to_have_attribute("data-name", "steps")
    view.locator("canvas").press("ArrowRight")
    expect(view).to_contain_text(re.compile("Example 1, step 1: input .+, target .+, predicted"))
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"


def test_a_forecast_is_read_step_by_step_on_a_small_screen(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    spec = ExperimentSpec(data=Airline(), network=(GRU(units=8), Output()), loss=MSE(), training=TrainingSettings(epochs=3, device="cpu"))
    open_experiment(page, app, spec)
    train_to_the_end(page)
    view = page.locator(".pg-live-view")
    expect(view).to_have_attribute("data-name", "forecast")
    canvas = view.locator("canvas")
    canvas.tap()
    expect(view).to_contain_text(re.compile(r"Step \d+: Passengers \(100,000\) [\d.]+, one step ahead"))
    canvas.press("ArrowLeft")
    expect(view).to_contain_text("free-running")
    assert not serious_faults(page)
