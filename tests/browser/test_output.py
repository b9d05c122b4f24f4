"""The output of a run: all of it fits on one screen, and nothing moves when a run fails."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.catalog.layers import Output
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from tests.browser.chromium import NARROW, WIDE, settled
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train_to_the_end, wait_for_state
from tests.browser.test_looks import in_each_theme, serious_faults

PLACES = """() => Object.fromEntries(
    ['h3', '.pg-live-chart', '.pg-live-view', '.pg-editor', '.st-key-output-title', '[data-testid=stSelectbox]'].map(
        (selector) => [selector, [...document.querySelectorAll(selector)].map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
        })]))"""


def regression(kind: str = "plane", rate: float = 0.03) -> ExperimentSpec:
    spec = edits.replace_part(edits.replace_dataset(PRESETS["playground_2d"].spec, kind).spec, "optimizer", "sgd")
    return edits.set_field(edits.set_field(spec, "optimizer.lr", rate), "training.epochs", 30)


def straight(rate: float) -> ExperimentSpec:
    """A single layer on the raw plane: it diverges at a learning rate that nobody would warn of."""
    return regression(rate=rate).model_copy(update={"network": (Output(),)})


@pytest.mark.parametrize("kind", ["plane", "multi_gauss"])
def test_the_output_of_a_regression_fits_on_the_screen_and_both_pictures_have_one_place(page: Page, app: App, kind: str) -> None:
    open_experiment(page, app, regression(kind))
    train_to_the_end(page)
    (view,) = page.locator(".pg-live-view").all()
    expect(view).to_have_attribute("data-name", "boundary")
    before = view.locator("canvas").bounding_box()
    page.locator(".pg-live-view label", has_text="fit").click()
    expect(view).to_have_attribute("data-name", "fit")
    expect(view).to_contain_text("Residuals: root mean square")
    assert view.locator("canvas").bounding_box() == before
    box = page.locator(".st-key-pg-output").bounding_box() or {}
    assert box["y"] + box["height"] <= WIDE["height"]


def test_the_picture_that_was_picked_comes_back_with_the_page(page: Page, app: App) -> None:
    open_experiment(page, app, regression())
    page.locator(".pg-live-view label", has_text="fit").click()
    page.reload()
    settled(page)
    expect(page.locator(".pg-live-view")).to_have_attribute("data-name", "fit")


@pytest.mark.parametrize("screen", [WIDE, {"width": 1024, "height": 768}, NARROW], ids=["wide", "middle", "narrow"])
def test_nothing_moves_when_a_run_diverges(visitor: Callable[..., Page], app: App, screen: dict[str, Any]) -> None:
    page = visitor(**screen)
    open_experiment(page, app, straight(rate=0.03))
    train_to_the_end(page)
    before = page.evaluate(PLACES)
    open_experiment(page, app, straight(rate=0.25))
    press(page, "play")
    wait_for_state(page, "diverged")
    remedy = page.get_by_role("button", name="Use learning rate 0.025")
    expect(remedy).to_be_visible()
    settled(page)
    assert page.evaluate(PLACES) == before

    remedy.click()
    expect(remedy).not_to_be_visible()
    expect(page.locator(".st-key-output-title")).to_contain_text("other settings")
    settled(page)
    assert page.evaluate(PLACES) == before
    press(page, "play")
    wait_for_state(page, "finished")
    expect(page.locator(".st-key-pg-ending")).to_have_count(0)
    assert page.evaluate(PLACES) == before


def test_what_went_wrong_shuts_nobody_out(page: Page, app: App) -> None:
    open_experiment(page, app, regression(rate=10))
    press(page, "play")
    wait_for_state(page, "diverged")
    ending = page.locator(".st-key-pg-ending")
    expect(ending.get_by_role("alert")).to_contain_text("with a learning rate of 10")
    legend, covers = page.locator(".pg-live-chart .pg-bar").bounding_box(), ending.bounding_box()
    assert legend
    assert covers
    assert legend["y"] + legend["height"] <= covers["y"]
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
    press(page, "ending_close")
    expect(page.locator(".st-key-pg-ending")).to_have_count(0)


def test_more_metrics_take_no_more_room(page: Page, app: App) -> None:
    heights = set()
    for preset in ("small_cnn", "reverse_transformer", "char_gpt"):
        open_experiment(page, app, PRESETS[preset].spec)
        box = page.locator(".pg-numbers").bounding_box()
        assert box
        heights.add(box["height"])
    assert len(heights) == 1


@pytest.mark.parametrize("width", [768, 1440])
def test_what_the_numbers_must_beat_is_not_cut_off(page: Page, app: App, width: int) -> None:
    for spec in (experiment("playground_2d", epochs=1), regression()):
        page.set_viewport_size({"width": width, "height": 900})
        open_experiment(page, app, spec)
        train_to_the_end(page)
        for baseline in page.locator(".pg-baseline").all():
            assert baseline.inner_text()
            assert baseline.evaluate("element => element.scrollWidth <= element.clientWidth"), baseline.inner_text()


def test_what_happens_in_the_layers_is_chosen_pointed_at_and_read_as_a_table(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=20))
    train_to_the_end(page)
    view = page.locator(".pg-live-view")
    view.locator("fieldset label", has_text="layers").click()
    expect(view).to_contain_text("Newest gradient norm: from")
    view.locator("select").select_option("dead units")
    expect(view).to_contain_text("no unit can be dead")
    view.locator("select").select_option("updates")
    expect(view.locator("canvas")).to_have_attribute("aria-label", re.compile("Newest update per step"))
    view.locator("canvas").press("ArrowRight")
    expect(view).to_contain_text(re.compile(r"1 Dense, step 500: update per step \d"))
    view.locator("summary").click()
    assert view.locator("tbody th").all_inner_texts() == ["1 Dense", "3 Dense", "5 Output"]
    view.locator("fieldset label", has_text="plane").click()
    view.locator("label", has_text="mark errors").click()
    expect(view).to_contain_text(re.compile(r"Wrong: \d+ of 250 training points, \d+ of 250 test points"))
