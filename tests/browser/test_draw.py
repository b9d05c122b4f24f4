"""Drawing by mouse, keyboard and touch, with predictions while drawing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train, wait_for_state
from tests.browser.strokes import DIGITS, draw_digit, draw_stroke

ANSWER = ".pg-prediction"


def test_ten_drawn_digits_are_recognized(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    said = {}
    for digit in DIGITS:
        draw_digit(page, digit)
        page.wait_for_selector(f"{ANSWER}[data-latency-ms]")
        page.wait_for_timeout(200)  # until the answer to the last stroke, not to the one before, is there
        said[digit] = page.locator(ANSWER).get_attribute("data-label")
        page.locator("[data-tool=clear]").click()
        page.wait_for_selector(f"{ANSWER}:not([data-label])")
    assert said == {digit: digit for digit in DIGITS}


def test_answers_come_while_the_pen_is_still_down(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    canvas = page.locator(".pg-draw canvas").first
    box = canvas.bounding_box() or {}
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    for part in range(1, 30):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * (0.2 + 0.6 * part / 30))
    page.wait_for_selector(f"{ANSWER}[data-label='1']")
    page.mouse.up()


def test_undo_takes_the_last_stroke_back_and_redo_brings_it_again(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    canvas = page.locator(".pg-draw canvas").first
    draw_stroke(page, canvas, DIGITS["1"][0])
    page.wait_for_selector(f"{ANSWER}[data-label='1']")
    page.locator("[data-tool=undo]").click()
    page.wait_for_selector(f"{ANSWER}:not([data-label])")
    page.locator("[data-tool=redo]").click()
    page.wait_for_selector(f"{ANSWER}[data-label='1']")


def test_the_keyboard_draws_too(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    page.locator(".pg-draw canvas").first.focus()
    for _ in range(14):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    for _ in range(28):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.wait_for_selector(f"{ANSWER}[data-label='1']")


def test_a_stroke_of_the_keyboard_can_be_cleared_while_the_pen_is_down(page: Page, app: App) -> None:
    show(page, f"{app.url}/draw")
    expect(page.locator("[data-tool=clear]")).to_be_disabled()
    page.locator(".pg-draw canvas").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-tool=clear]")).to_be_enabled()
    page.keyboard.press("Delete")
    expect(page.locator(".pg-draw-stage")).to_have_class(re.compile(r"\bpg-blank\b"))
    expect(page.locator("[data-tool=clear]")).to_be_disabled()


def test_a_finger_draws_and_the_page_stays(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True, is_mobile=True)
    show(page, f"{app.url}/draw")
    canvas = page.locator(".pg-draw canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box() or {}
    finger = page.context.new_cdp_session(page)
    x, top, high = box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"], 0.6 * box["height"]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": top}]})
    for part in range(1, 25):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": top + high * part / 24}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_selector(f"{ANSWER}[data-label='1']")
    assert canvas.bounding_box() == pytest.approx(box, abs=1)


def test_ones_own_network_answers_while_it_trains_and_the_drawing_goes_along_to_explain(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    train(page)
    page.get_by_role("link", name="Draw", exact=True).first.click()
    page.wait_for_selector(".pg-draw canvas")
    settled(page)
    # the network that trains
    draw_digit(page, "0")
    page.wait_for_selector(f"{ANSWER}[data-label='0']")
    expect(page.locator(f"{ANSWER} .pg-source")).to_contain_text("steps")
    page.locator("[data-tool=clear]").click()
    page.wait_for_selector(f"{ANSWER}:not([data-label])")

    # another one in its place, under a drawing paper that stays where it is
    top = page.locator(".pg-draw-stage").bounding_box() or {}
    page.locator(".stSelectbox input").first.click()
    page.get_by_role("option", name="Pretrained on digits").click()
    settled(page)
    expect(page.locator(".stSelectbox input").first).to_have_value("Pretrained on digits")
    assert (page.locator(".pg-draw-stage").bounding_box() or {})["y"] == pytest.approx(top["y"], abs=1)
    draw_digit(page, "3")
    expect(page.locator(f"{ANSWER}[data-label='3'] .pg-source")).to_contain_text("Pretrained on digits")

    # both go along
    page.locator(".st-key-draw-explain button").hover()  # who turns away from the drawing has it kept
    settled(page)
    page.locator(".st-key-draw-explain button").click()
    expect(page.locator(".pg-verdict")).to_contain_text("Your drawing is classified as", timeout=30_000)
    expect(page.locator(".pg-verdict")).to_contain_text("Pretrained on digits")

    # and the run went on meanwhile
    page.get_by_role("link", name="Playground", exact=True).first.click()
    wait_for_state(page, "running")
    press(page, "stop")
    wait_for_state(page, "stopped")
