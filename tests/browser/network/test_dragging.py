"""Dragging layers by mouse, touch and pen, and undoing every drag."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.catalog.layers import Dense, Flatten, Output, ReLU
from tests.browser.chromium import NARROW, settled
from tests.browser.gestures import Hand, drag, dragged, middle
from tests.browser.network.hands import MLP, START, TALL, card, do, gap, handle, opened, structure, undo_all
from tests.browser.server import App


@pytest.fixture
def phone(network_page: Callable[..., Page]) -> Page:
    return network_page(**NARROW, has_touch=True)


@pytest.mark.parametrize("hand", ["mouse", "finger", "pen"])
def test_a_layer_is_dragged_into_a_block_into_a_branch_and_out_again(network_page: Callable[..., Page], hand: Hand) -> None:
    page = network_page(height=TALL, has_touch=hand == "finger")
    drag(page, hand, handle(page, "network[1]"), gap(page, "network[2].layers[1]"))
    structure(page, "flatten residual(dense dense relu) parallel(tanh|) output")
    drag(page, hand, handle(page, "network[1].layers[2]"), gap(page, "network[2].branch[1][0]"))
    structure(page, "flatten residual(dense dense) parallel(tanh|relu) output")
    drag(page, hand, handle(page, "network[2].branch[0][0]"), gap(page, "network[1]"))
    structure(page, "flatten tanh residual(dense dense) parallel(|relu) output")
    drag(page, hand, handle(page, "network[3]"), gap(page, "network[2].layers[0]"))
    structure(page, "flatten tanh residual(parallel(|relu) dense dense) output")
    undo_all(page)


def test_a_card_is_dragged_by_its_face_with_the_mouse(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    drag(page, "mouse", card(page, "network[1]").locator(".pg-title"), gap(page, "network[0]"))
    structure(page, "dense flatten residual(dense relu) parallel(tanh|) output")
    expect(card(page, "network[0]")).to_be_focused()
    undo_all(page)


def test_a_finger_that_rests_on_a_card_lifts_it_and_one_that_does_not_scrolls(phone: Page) -> None:
    title = card(phone, "network[0]").locator(".pg-title")
    title.scroll_into_view_if_needed()
    drag(phone, "finger", title, gap(phone, "network[2]"), resting=True)
    structure(phone, "dense flatten residual(dense relu) parallel(tanh|) output")
    undo_all(phone)
    card(phone, "network[2]").scroll_into_view_if_needed()
    before = middle(title)[1]
    with dragged(phone, "finger", title) as move:
        x, y = middle(title)
        move((x, y - 150))
    structure(phone, START)
    assert middle(title)[1] < before
    expect(phone.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_nothing_moves_before_it_is_dropped_and_escape_puts_it_back(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    tops = "() => [...document.querySelectorAll('.pg-editor .pg-card, .pg-editor .pg-gap')].map((node) => node.getBoundingClientRect().top)"
    before = page.evaluate(tops)
    ghost, line = page.locator(".pg-ghost"), page.locator(".pg-drop")
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move(middle(gap(page, "network[2].layers[2]")))
        expect(ghost).to_be_visible()
        expect(ghost).to_have_text("Dense")
        expect(line).to_be_visible()
        expect(page.locator(".pg-editor")).to_have_attribute("data-gap", "network[2].layers[2]")
        assert page.evaluate(tops) == before
        page.keyboard.press("Escape")
        expect(ghost).to_be_hidden()
        expect(line).to_be_hidden()
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move(middle(gap(page, "network[2]")))
        expect(line).to_be_hidden()
        move((5, 5))
        expect(line).to_be_hidden()
    settled(page)
    structure(page, START)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_drag_outlives_the_answer_to_the_edit_before_it(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    card(page, "network[3]").focus()
    page.keyboard.press("Delete")
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        x, y = middle(handle(page, "network[1]"))
        move((x + 40, y + 10))
        structure(page, "flatten dense residual(dense relu) output")
        expect(page.locator(".pg-editor")).to_have_attribute("data-waiting", "0")
        move(middle(gap(page, "network[3]")))
        expect(page.locator(".pg-editor")).to_have_attribute("data-gap", "network[3]")
    structure(page, "flatten residual(dense relu) dense output")
    undo_all(page)


def test_the_output_goes_into_no_block(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    with dragged(page, "mouse", handle(page, "network[4]")) as move:
        move(middle(gap(page, "network[2].layers[0]")))
        expect(page.locator(".pg-drop[data-wrong=true]")).to_contain_text("the last layer")
    settled(page)
    structure(page, START)


def test_the_page_follows_a_drag_to_what_lies_below(page: Page, app: App) -> None:
    long = MLP.model_copy(update={"network": (Flatten(), Dense(units=32), *[ReLU()] * 26, Output())})
    opened(page, app, long)
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move((middle(handle(page, "network[1]"))[0], 890))
        page.wait_for_function("() => document.querySelector('.pg-gap[data-path=\"network[28]\"]').getBoundingClientRect().top < 600")
        move((middle(handle(page, "network[28]"))[0], 450))
        move(middle(gap(page, "network[28]")))
        expect(page.locator(".pg-editor")).to_have_attribute("data-gap", "network[28]")
    structure(page, "flatten " + "relu " * 26 + "dense output")


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_a_layer_is_dragged_out_of_the_menu_into_any_gap(network_page: Callable[..., Page], hand: Hand) -> None:
    page = network_page(height=TALL, has_touch=hand == "finger")
    gap(page, "network[1]").get_by_role("button").click()
    page.keyboard.type("tanh")
    drag(page, hand, page.locator(".pg-option[data-kind=tanh]"), gap(page, "network[2].layers[1]"), resting=hand == "finger")
    structure(page, "flatten dense residual(dense tanh relu) parallel(tanh|) output")
    expect(page.get_by_role("dialog", name="Add a layer")).to_be_hidden()
    undo_all(page)


def test_several_layers_are_selected_and_dragged_with_the_mouse(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    card(page, "network[0]").locator(".pg-title").click()
    card(page, "network[1]").locator(".pg-title").click(modifiers=["Shift"])
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move(middle(gap(page, "network[2].layers[1]")))
        expect(page.locator(".pg-ghost")).to_have_text("2 layers")
        expect(page.locator(".pg-card[data-lifted=true]")).to_have_count(2)
    structure(page, "residual(dense flatten dense relu) parallel(tanh|) output")
    expect(page.locator(".pg-card[data-selected=true]")).to_have_count(2)
    do(page, "network[0].layers[1]", "wrap_parallel")
    structure(page, "residual(dense parallel(flatten dense|) relu) parallel(tanh|) output")
    undo_all(page)
