"""The menus of the network editor, by pointer and keyboard: layers inserted, wrapped in blocks, selected and removed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW
from tests.browser.gestures import Hand, dragged, middle
from tests.browser.network.hands import START, TALL, card, do, gap, handle, structure, undo_all
from tests.browser.test_looks import in_each_theme, serious_faults


@pytest.fixture
def phone(network_page: Callable[..., Page]) -> Page:
    return network_page(**NARROW, has_touch=True)


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_a_layer_is_picked_from_the_menu_for_the_gap_where_it_was_opened(network_page: Callable[..., Page], hand: Hand) -> None:
    page = network_page(has_touch=hand == "finger")
    insert = gap(page, "network[1]").get_by_role("button")
    (insert.tap if hand == "finger" else insert.click)()
    page.keyboard.type("tanh")
    option = page.locator(".pg-option[data-kind=tanh]")
    (option.tap if hand == "finger" else option.click)()
    structure(page, "flatten tanh dense residual(dense relu) parallel(tanh|) output")
    undo_all(page)


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_layers_are_put_into_blocks_and_taken_out_with_the_menu(network_page: Callable[..., Page], hand: Hand) -> None:
    page = network_page(**(NARROW if hand == "finger" else {}), has_touch=hand == "finger")
    do(page, "network[1]", "wrap_residual", hand)
    structure(page, "flatten residual(dense) residual(dense relu) parallel(tanh|) output")
    do(page, "network[2].layers[1]", "wrap_parallel", hand)
    structure(page, "flatten residual(dense) residual(dense parallel(relu|)) parallel(tanh|) output")
    do(page, "network[2]", "unwrap", hand)
    structure(page, "flatten residual(dense) dense parallel(relu|) parallel(tanh|) output")
    do(page, "network[1].layers[0]", "left", hand)
    structure(page, "flatten dense residual() dense parallel(relu|) parallel(tanh|) output")
    do(page, "network[1]", "right", hand)
    structure(page, "flatten residual(dense) dense parallel(relu|) parallel(tanh|) output")
    undo_all(page)


def test_the_menu_of_a_card_is_used_with_the_keyboard_alone(network_page: Callable[..., Page]) -> None:
    page = network_page()
    card(page, "network[1]").focus()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="Actions for Dense")
    expect(menu.get_by_role("menuitem", name="Copy")).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("menuitem", name="Remove")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(card(page, "network[1]")).to_be_focused()
    for keys, wanted in [
        (2, "flatten residual(dense) residual(dense relu)"),
        (3, "flatten parallel(residual(dense)|) residual(dense relu)"),
    ]:
        page.keyboard.press("Shift+F10")
        page.keyboard.press("End")
        for _ in range(keys):
            page.keyboard.press("ArrowUp")
        if keys == 3:  # of a block there is one entry more, to take its layers out
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        structure(page, f"{wanted} parallel(tanh|) output")
        expect(card(page, "network[1]")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Control+z")
    structure(page, START)


def test_several_layers_are_selected_moved_put_into_a_block_and_removed_with_the_keyboard(network_page: Callable[..., Page]) -> None:
    page = network_page()
    card(page, "network[1]").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".pg-card[data-selected=true]")).to_have_count(2)
    expect(page.locator(".pg-spoken")).to_contain_text("2 layers selected")
    page.keyboard.press("Alt+ArrowUp")
    structure(page, "dense residual(dense relu) flatten parallel(tanh|) output")
    page.keyboard.press("Alt+ArrowDown")
    structure(page, START)
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    twice = START.replace(" parallel", " dense residual(dense relu) parallel")
    structure(page, twice)
    card(page, "network[3]").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    structure(page, START)
    undo_all(page)


def test_several_layers_are_selected_and_removed_with_a_finger(phone: Page) -> None:
    do(phone, "network[2].layers[0]", "select", "finger")
    expect(phone.locator(".pg-card[data-selected=true]")).to_have_count(2)
    do(phone, "network[2].layers[1]", "remove", "finger")
    structure(phone, "flatten dense residual() parallel(tanh|) output")
    undo_all(phone)


def test_menus_and_what_is_dragged_shut_nobody_out(network_page: Callable[..., Page]) -> None:
    page = network_page(height=TALL)
    for theme in in_each_theme(page):
        card(page, "network[1]").locator(".pg-title").click()
        card(page, "network[2]").locator("> .pg-row .pg-title").click(modifiers=["Shift"])
        card(page, "network[1]").locator(".pg-more-button").click()
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
        page.locator("[data-action=paste]").click()
        expect(page.get_by_role("dialog", name="Paste layers")).to_be_visible()
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
        page.keyboard.press("Escape")
        with dragged(page, "mouse", handle(page, "network[0]")) as move:
            move(middle(gap(page, "network[2].layers[1]")))
            assert not (faults := serious_faults(page)), f"{theme}: {faults}"
            page.keyboard.press("Escape")


def test_what_is_touched_is_large_enough_for_a_finger(phone: Page) -> None:
    card(phone, "network[1]").locator(".pg-more-button").tap()
    boxes = [each.bounding_box() for each in phone.locator(".pg-editor :is(button, .pg-handle):visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
