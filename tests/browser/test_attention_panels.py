"""The panels below the attention maps: by mouse, keyboard and touch."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from playground.catalog.datasets import Rearranging
from playground.catalog.layers import Embedding, Output, Positions, TransformerBlock
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import Adam
from playground.spec import ExperimentSpec, TrainingSettings
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import open_experiment, train_to_the_end
from tests.browser.test_looks import OVERFLOWING, serious_faults

REVERSE = ExperimentSpec(
    data=Rearranging(samples=600),
    network=(Embedding(width=16), Positions(), TransformerBlock(heads=2), TransformerBlock(heads=2), Output()),
    loss=CrossEntropy(),
    optimizer=Adam(lr=0.003),
    training=TrainingSettings(epochs=3, batch_size=64),
)


def test_arithmetic_cut_heads_and_attribution_by_mouse_and_keyboard(page: Page, app: App) -> None:
    open_experiment(page, app, REVERSE)
    train_to_the_end(page)
    run = parse_qs(urlsplit(page.url).query)["run"][0]
    show(page, f"{app.url}/attention?run={run}")
    page.wait_for_selector(".pg-attention[data-frames]")

    # the arithmetic of the token that is picked; a row opens by keyboard and stays open for the next token
    arithmetic = page.locator(".pg-arithmetic")
    arithmetic.scroll_into_view_if_needed()
    expect(arithmetic.locator("[role=status]")).to_contain_text("Choose a token")
    menu = arithmetic.get_by_label("Token")
    menu.select_option("2")
    expect(arithmetic).to_have_attribute("data-token", "2")
    rows = arithmetic.locator("summary.pg-arithmetic-row")
    expect(rows).to_have_count(8)
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    expect(arithmetic.locator(".pg-arithmetic-inside").nth(1)).to_contain_text("q · k =")
    menu.select_option("3")
    expect(arithmetic).to_have_attribute("data-token", "3")
    expect(arithmetic.locator("details[data-name='token 1']")).to_have_attribute("open", "")
    weights = [float(text.split()[-2]) for text in arithmetic.locator(".pg-arithmetic-weight").all_inner_texts()]
    assert sum(weights) == pytest.approx(100, abs=0.5)

    # a head is cut: the prediction and the test results follow; then all are ranked, and a row cuts its head
    heads = page.locator(".pg-heads")
    heads.scroll_into_view_if_needed()
    heads.get_by_role("button", name="Cut head 2 of 3 Transformer block").click()
    expect(heads).to_have_attribute("data-cut", "1")
    expect(heads.locator(".pg-heads-input")).to_contain_text(re.compile(r"answers (change|stay)"))
    expect(heads.locator(".pg-heads-tests dd").first).to_contain_text("→")
    heads.get_by_role("button", name="Cut none").click()
    expect(heads).to_have_attribute("data-cut", "0")
    heads.get_by_role("button", name="Rank all 4 heads").focus()
    page.keyboard.press("Enter")
    ranked = heads.locator(".pg-heads-ranking li button")
    expect(ranked).to_have_count(4)
    expect(heads).to_have_attribute("data-ranked", "4")
    ranked.first.focus()
    page.keyboard.press("Enter")
    expect(heads).to_have_attribute("data-cut", "1")
    assert ranked.first.evaluate("row => row === document.activeElement")

    # attention beside an attribution, and beside another one
    beside = page.locator(".pg-beside")
    beside.scroll_into_view_if_needed()
    expect(beside).to_have_attribute("data-method", "integrated_gradients")
    expect(beside.locator("ol")).to_have_count(2)
    expect(beside.locator(".pg-beside-words")).to_contain_text("ρ =")
    beside.get_by_label("Attribution").first.select_option("saliency")
    expect(beside).to_have_attribute("data-method", "saliency")
    settled(page)
    assert not serious_faults(page)


def test_the_panels_of_a_pretrained_network_work_by_touch_on_a_narrow_dark_screen(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True, is_mobile=True, theme="dark")
    show(page, f"{app.url}/attention")
    page.wait_for_selector(".pg-attention[data-frames]")
    heads = page.locator(".pg-heads")
    heads.scroll_into_view_if_needed()
    heads.locator(".pg-heads-switches button").first.tap()
    expect(heads.locator(".pg-heads-tests dd").first).to_contain_text("→")
    page.locator(".pg-arithmetic").scroll_into_view_if_needed()
    page.locator(".pg-arithmetic select").select_option("0")
    page.locator(".pg-arithmetic summary.pg-arithmetic-row").first.tap()
    expect(page.locator(".pg-arithmetic-inside").first).to_be_visible()
    page.locator(".pg-beside").scroll_into_view_if_needed()
    page.wait_for_selector(".pg-beside[data-method]")
    assert page.evaluate(OVERFLOWING) == [0, 0]
    assert not serious_faults(page)
