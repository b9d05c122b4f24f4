"""Which pixels decided: for a test picture and for what was drawn."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment
from tests.browser.strokes import draw_digit


def test_attributions_of_a_test_picture_are_shown_side_by_side(page: Page, app: App) -> None:
    show(page, f"{app.url}/explain")
    expect(page.locator(".pg-attribution")).to_have_count(4, timeout=30_000)
    methods = page.locator(".pg-attribution").evaluate_all("each => each.map((one) => one.dataset.method)")
    assert sorted(methods) == ["grad_cam", "integrated_gradients", "occlusion", "saliency"]
    delta = page.locator(".pg-attribution[data-method=integrated_gradients]").get_attribute("data-delta")
    assert abs(float(delta or "nan")) < 0.1
    expect(page.locator("[data-testid='stException']")).to_have_count(0)


def test_what_was_drawn_is_explained(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    draw_digit(page, "3")
    page.wait_for_selector(".pg-prediction[data-label='3']")
    page.wait_for_timeout(600)  # the page keeps the drawing a moment after the last stroke
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
