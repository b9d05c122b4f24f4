"""Rarely changed settings: behind one button, stored in the spec, shown again, and used in training."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from playground.catalog.optimizers import Adam
from playground.export.link import from_token
from playground.spec import ExperimentSpec
from tests.browser.chromium import NARROW, settled
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, train_to_the_end
from tests.browser.test_looks import serious_faults


def opened(page: Page, title: str = "Advanced") -> Locator:
    """The popover of the button with this title, which beginners see only if something is set."""
    everything = page.get_by_role("switch", name="Advanced")
    if title == "Advanced" and everything.get_attribute("aria-checked") == "false":
        everything.click()
    page.get_by_role("button", name=title).click()
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover.get_by_test_id("stWidgetLabel").first).to_be_visible()  # it is drawn when it is opened for the first time
    return popover


def entered(page: Page, popover: Locator, label: str, value: str) -> None:
    field = popover.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    settled(page)


def small(**training: object) -> ExperimentSpec:
    return experiment("playground_2d", epochs=3, **training).model_copy(update={"optimizer": Adam(lr=0.01)})


def spec_in_address(page: Page) -> ExperimentSpec:
    return from_token(page.evaluate("new URLSearchParams(location.search).get('spec')"))


def test_every_advanced_setting_stands_behind_the_button_with_its_part_named(page: Page, app: App) -> None:
    open_experiment(page, app, small())
    popover = opened(page)
    for label in ("Beta 1", "Beta 2", "Threads", "Clip gradients", "Clip each value", "Weight averaging"):
        expect(popover.get_by_label(label, exact=True)).to_be_visible()
    expect(popover).to_contain_text("Optimizer: Adam")
    expect(popover).to_contain_text("Precision")
    expect(popover.get_by_label("Clip gradients", exact=True)).to_have_attribute("placeholder", "off")


def test_clipping_and_averaging_are_kept_counted_and_trained_with(page: Page, app: App) -> None:
    open_experiment(page, app, small())
    popover = opened(page)
    entered(page, popover, "Clip gradients", "0.5")
    entered(page, popover, "Weight averaging", "0.9")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Advanced · 2 changed")).to_be_visible()
    page.wait_for_function("() => location.search.includes('spec=')")
    kept = spec_in_address(page).training
    assert (kept.clip_norm, kept.ema) == (0.5, 0.9)
    train_to_the_end(page)
    page.reload(wait_until="domcontentloaded")
    settled(page)
    popover = opened(page, "Advanced · 2 changed")
    expect(popover.get_by_label("Clip gradients", exact=True)).to_have_value("0.5")
    expect(popover.get_by_label("Weight averaging", exact=True)).to_have_value("0.9")


def test_the_first_change_after_opening_reaches_the_whole_page(page: Page, app: App) -> None:
    open_experiment(page, app, small())
    popover = opened(page)
    field = popover.get_by_label("Clip gradients", exact=True)
    field.fill("0.5")
    field.press("Enter")
    expect(page.locator(".stPopover button", has_text="Advanced · 1 changed")).to_have_attribute("aria-expanded", "true")
    settled(page)
    expect(popover).to_be_visible()
    assert spec_in_address(page).training.clip_norm == 0.5
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(opened(page, "Advanced · 1 changed").get_by_label("Clip gradients", exact=True)).to_have_value("0.5")


def test_beginners_see_the_button_once_something_is_set_behind_it(page: Page, app: App) -> None:
    open_experiment(page, app, small())
    everything, button = page.get_by_role("switch", name="Advanced"), page.get_by_role("button", name="Advanced")
    expect(button).to_be_hidden()
    everything.click()
    expect(button).to_be_visible()
    entered(page, opened(page), "Beta 1", "0.8")
    page.keyboard.press("Escape")
    everything.click()
    popover = opened(page, "Advanced · 1 changed")
    entered(page, popover, "Beta 1", "0.9")
    expect(popover).to_be_visible()  # what is open stays
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
    page.goto(f"{app.url}/playground?hide=network")
    settled(page)
    expect(button).to_be_visible()  # with the network its switch is hidden, too


def test_on_a_phone_settings_keep_their_order_and_fit(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    open_experiment(page, app, small())
    popover = opened(page)
    labels = [text.strip() for text in popover.get_by_test_id("stWidgetLabel").all_inner_texts()]
    assert labels == ["Beta 1", "Beta 2", "Threads", "Memory format", "Clip gradients", "Clip each value", "Weight averaging", "Precision"]
    box = popover.bounding_box() or {}
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    assert not serious_faults(page)
