"""Attention maps of a network that trains: by mouse, keyboard and touch, while typing, and through its training."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from playground.catalog.datasets import Rearranging
from playground.catalog.layers import Embedding, Output, Positions, TransformerBlock
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import Adam
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import open_experiment, press, train, wait_for_points
from tests.browser.test_looks import OVERFLOWING, serious_faults

MAPS = ".pg-attention"
REVERSE = ExperimentSpec(
    data=Rearranging(samples=600),
    network=(Embedding(width=16), Positions(), TransformerBlock(heads=2), TransformerBlock(heads=2), Output()),
    loss=CrossEntropy(),
    optimizer=Adam(lr=0.003),
    training=TrainingSettings(epochs=1000, batch_size=64),
)


def shown(page: Page, name: str) -> str:
    return page.locator(MAPS).get_attribute(f"data-{name}") or ""


def stop(page: Page, app: App, run: str) -> None:
    show(page, f"{app.url}/playground?run={run}")
    wait_for_points(page)
    press(page, "stop")


def test_maps_follow_typing_training_mouse_and_keyboard_and_go_back_in_time(page: Page, app: App) -> None:
    open_experiment(page, app, REVERSE)
    train(page)
    page.get_by_role("link", name="Attention", exact=True).first.click()
    page.wait_for_selector(f"{MAPS}[data-frames]")
    settled(page)
    run = parse_qs(urlsplit(page.url).query)["run"][0]

    # while it trains, newer weights are shown without anybody doing anything
    first = int(shown(page, "step"))
    page.wait_for_function("([maps, step]) => Number(document.querySelector(maps).dataset.step) > step", arg=[MAPS, first])

    # typing: every symbol is a token, whatever is unknown is said
    text = page.locator(".pg-attention-text")
    text.fill("")
    text.press_sequentially("123x4567")
    expect(page.locator(".pg-attention-tokens button")).to_have_count(7)
    expect(page.locator(".pg-attention-notes")).to_contain_text("does not know it: x")
    assert page.locator(".pg-attention-tokens span").all_inner_texts() == list("1234567")

    # the mouse: pointing says what a token attends to; a click keeps it
    words = page.locator(".pg-attention-words")
    page.locator(".pg-attention-tokens button").nth(2).hover()
    expect(words).to_contain_text("“3” attends to")
    canvas = page.locator(".pg-attention-large canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box() or {}
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    expect(page.locator(MAPS)).to_have_attribute("data-token", "0")

    # the keyboard: heads, layers, the rollout, and tokens
    page.locator(".pg-attention-heads [aria-checked=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(MAPS)).to_have_attribute("data-head", "1")
    page.keyboard.press("ArrowDown")
    expect(page.locator(MAPS)).to_have_attribute("data-layer", "network[3]")
    page.keyboard.press("End")
    expect(page.locator(MAPS)).to_have_attribute("data-layer", "rollout")
    expect(page.locator(".pg-attention-large .pg-note")).to_contain_text("Abnar and Zuidema")
    page.locator(".pg-attention-tokens [aria-pressed=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(MAPS)).to_have_attribute("data-token", "1")
    canvas.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("“3” attends to “1”")
    page.get_by_text("Lines", exact=True).click()
    page.keyboard.press("Escape")
    assert not serious_faults(page)

    # through training: the first snapshot, then the newest weights again
    slider = page.locator(".pg-attention-time input")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("([maps, step]) => Number(document.querySelector(maps).dataset.step) < step", arg=[MAPS, first + 1])
    expect(page.locator(".pg-attention-time output")).not_to_contain_text("now")
    page.keyboard.press("End")
    expect(page.locator(".pg-attention-time output")).to_contain_text("now")
    stop(page, app, run)


def test_a_finger_types_and_points_on_a_narrow_screen_and_finds_everything_again(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True, is_mobile=True, theme="dark")
    open_experiment(page, app, REVERSE)
    train(page)
    run = parse_qs(urlsplit(page.url).query)["run"][0]
    show(page, f"{app.url}/attention?run={run}")
    page.wait_for_selector(f"{MAPS}[data-frames]")
    page.locator(".pg-attention-text").fill("8642")
    expect(page.locator(".pg-attention-tokens button")).to_have_count(4)
    page.locator(".pg-attention-tokens button").nth(3).tap()
    expect(page.locator(".pg-attention-words")).to_contain_text("“2” attends to")
    page.locator(".pg-attention-heads button").nth(2).tap()
    expect(page.locator(MAPS)).to_have_attribute("data-layer", "network[3]")
    assert page.evaluate(OVERFLOWING) == [0, 0]
    assert not serious_faults(page)

    page.reload(wait_until="domcontentloaded")
    page.wait_for_selector(f"{MAPS}[data-frames]")
    assert [shown(page, name) for name in ("layer", "token", "tokens")] == ["network[3]", "3", "4"]
    assert page.locator(".pg-attention-text").input_value() == "8642"
    assert int(page.locator(".pg-attention-time input").get_attribute("max") or 0) > 0
    stop(page, app, run)
