"""Attributions for a test image and for a drawing."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.explain import METHODS
from tests.browser.chromium import NARROW, WIDE, settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment
from tests.browser.strokes import draw_digit


def test_attributions_of_a_test_picture_are_shown_side_by_side(page: Page, app: App) -> None:
    show(page, f"{app.url}/explain")
    expect(page.locator(".pg-attribution")).to_have_count(len(METHODS), timeout=30_000)
    methods = page.locator(".pg-attribution").evaluate_all("cards => cards.map((card) => card.dataset.method)")
    assert methods == METHODS.kinds()
    delta = page.locator(".pg-attribution[data-method=integrated_gradients]").get_attribute("data-delta")
    assert abs(float(delta or "nan")) < 0.1
    expect(page.locator("[data-testid='stException']")).to_have_count(0)


def test_what_was_drawn_is_explained(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    draw_digit(page, "3")
    page.wait_for_selector(".pg-prediction[data-label='3']")
    page.get_by_role("link", name="Explain", exact=True).first.hover()  # who turns away from the drawing has it kept
    settled(page)
    page.get_by_role("link", name="Explain", exact=True).first.click()
    page.wait_for_selector(".st-key-explain-source")
    settled(page)
    drawn = page.locator(".st-key-explain-source button").filter(has_text="draw")
    if drawn.get_attribute("aria-checked") != "true":
        drawn.click()
        settled(page)
    expect(page.locator(".st-key-verdict")).to_contain_text("3", timeout=30_000)
    expect(page.locator(".pg-attribution").first).to_be_visible(timeout=30_000)


def test_the_preview_of_the_data_looks_the_same_after_a_visit(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10"))
    strip = page.locator(".pg-thumbnails img").first
    before = strip.bounding_box() or {}
    page.get_by_role("link", name="Explain", exact=True).first.click()
    page.wait_for_selector(".pg-sheet button", timeout=30_000)
    settled(page)
    page.get_by_role("link", name="Playground", exact=True).first.click()
    strip.wait_for()
    settled(page)
    after = strip.bounding_box() or {}
    assert (after["width"], after["height"]) == pytest.approx((before["width"], before["height"]), abs=1)
    assert after["width"] > 100


@contextmanager
def held_up(app: App) -> Iterator[None]:
    """Stops the server for a while, like a long computation."""
    os.kill(app.process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(app.process_id, signal.SIGCONT)


def card(page: Page, method: str) -> Locator:
    return page.locator(f".st-key-attribution-{method}")


def says(place: Locator) -> str:
    """What the style sheet writes over the picture."""
    return str(place.evaluate("place => getComputedStyle(place, '::after').content"))


def test_the_old_picture_stays_dimmed_and_says_that_another_is_computed(page: Page, app: App) -> None:
    show(page, f"{app.url}/explain")
    expect(page.locator(".pg-maps")).to_be_visible(timeout=30_000)
    settled(page)
    first, last = card(page, "integrated_gradients"), card(page, "occlusion")
    first.locator(".stExpander summary").click()
    steps = page.locator(".st-key-explain-integrated_gradients-n_steps input")
    steps.fill("1000")
    picture, place = last.locator("img.pg-pixels"), last.locator(".pg-place")
    before, where = picture.get_attribute("src"), picture.bounding_box()
    assert says(place) == "none"
    steps.press("Enter")
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='running']", state="attached")
    with held_up(app):
        expect(picture).to_have_css("opacity", "0.4")
        assert "Computing" in says(place)
        assert place.evaluate("place => getComputedStyle(place, '::after').opacity") == "1"
        assert (picture.get_attribute("src"), picture.bounding_box()) == (before, where)
    expect(picture).to_have_css("opacity", "1", timeout=30_000)
    settled(page)
    assert says(place) == "none"
    assert picture.bounding_box() == where


def test_no_picture_goes_while_another_is_computed(page: Page, app: App) -> None:
    show(page, f"{app.url}/explain")
    expect(page.locator(".pg-maps")).to_be_visible(timeout=30_000)
    settled(page)
    page.evaluate("""() => {
        const count = () => document.querySelectorAll(".pg-attribution img.pg-pixels").length;
        window.fewest = count();
        const watch = new MutationObserver(() => (window.fewest = Math.min(window.fewest, count())));
        watch.observe(document.body, { childList: true, subtree: true });
    }""")
    integrated = card(page, "integrated_gradients")
    before = integrated.locator("img.pg-pixels").get_attribute("src")
    page.locator(".st-key-explain-target input").click()
    page.get_by_role("option", name="3 (").click()
    expect(integrated.locator("img.pg-pixels")).not_to_have_attribute("src", before or "", timeout=30_000)
    settled(page)
    assert page.evaluate("window.fewest") == 4


@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_settings_leave_the_picture_in_sight(visitor: Callable[..., Page], app: App, screen: dict[str, int]) -> None:
    page = visitor(**screen)
    show(page, f"{app.url}/explain")
    expect(page.locator(".pg-maps")).to_be_visible(timeout=30_000)
    settled(page)
    occlusion = card(page, "occlusion")
    picture, window = occlusion.locator("img.pg-pixels"), page.locator(".st-key-explain-occlusion-window input")
    occlusion.locator(".stExpander summary").scroll_into_view_if_needed()
    where = picture.bounding_box()
    occlusion.locator(".stExpander summary").click()
    window.wait_for()
    assert picture.bounding_box() == where
    window.scroll_into_view_if_needed()
    free = picture.evaluate("""picture => {
        const { left, top, width, height } = picture.getBoundingClientRect();
        const shares = [0.02, 0.5, 0.98];
        return shares.every((x) => shares.every((y) => document.elementFromPoint(left + x * width, top + y * height) === picture));
    }""")
    assert free, "something covers the picture, or it is not on the screen, where its settings are changed"
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
