"""Copying, cutting and pasting layers by keyboard and from the menu of a card."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW
from tests.browser.gestures import Hand
from tests.browser.network.hands import START, card, do, gap, structure, undo_all


def test_layers_are_copied_cut_and_pasted_with_the_keyboard(network_page: Callable[..., Page]) -> None:
    page = network_page(permissions=["clipboard-read", "clipboard-write"])
    card(page, "network[2]").focus()
    page.keyboard.press("Control+c")
    assert page.evaluate("() => navigator.clipboard.readText()") == "residual(dense 32 | relu)"
    card(page, "network[0]").focus()
    page.keyboard.press("Control+v")
    structure(page, "flatten residual(dense relu) dense residual(dense relu) parallel(tanh|) output")
    expect(card(page, "network[1]")).to_be_focused()
    page.keyboard.press("Control+x")
    structure(page, START)
    card(page, "network[4]").focus()  # the output: what is pasted comes before it
    page.keyboard.press("Control+v")
    structure(page, START.replace(" output", " residual(dense relu) output"))
    undo_all(page)
    gap(page, "network[2].layers[0]").get_by_role("button").focus()
    page.keyboard.press("Control+v")
    structure(page, "flatten dense residual(residual(dense relu) dense relu) parallel(tanh|) output")
    page.keyboard.press("Control+z")
    structure(page, START)


def test_a_chain_from_outside_is_pasted_and_what_is_none_is_refused_in_words(network_page: Callable[..., Page]) -> None:
    page = network_page(permissions=["clipboard-read", "clipboard-write"])
    write = "(text) => navigator.clipboard.writeText(text)"
    page.evaluate(write, "dense 7 | dropout")
    card(page, "network[1]").focus()
    page.keyboard.press("Control+v")
    structure(page, "flatten dense dense dropout residual(dense relu) parallel(tanh|) output")
    expect(card(page, "network[2]").get_by_label("Units")).to_have_value("7")
    page.keyboard.press("Control+z")
    structure(page, START)
    complaint = card(page, "network[1]").locator("> .pg-field-error")
    for text, said in [
        ("<img src=x onerror=alert(1)>", "paste"),
        ("x" * 300_000, "300,000 characters"),
        ('[{"kind": "dense", "units": 0}]', "at least 1"),
    ]:
        page.evaluate(write, text)
        card(page, "network[1]").focus()
        page.keyboard.press("Control+v")
        expect(complaint).to_contain_text(said)
        structure(page, START)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_field_keeps_its_own_clipboard(network_page: Callable[..., Page]) -> None:
    page = network_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("() => navigator.clipboard.writeText('64')")
    units = card(page, "network[1]").get_by_label("Units")
    units.focus()
    units.select_text()
    page.keyboard.press("Control+v")
    page.keyboard.press("Enter")
    expect(units).to_have_value("64")
    expect(page.locator(".pg-totals")).to_contain_text(f"{784 * 64 + 64 + 64 * 32 + 32 + 64 * 32 + 32 + 2 * 32 * 10 + 10:,} parameters")
    structure(page, START)


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_layers_are_copied_cut_and_pasted_with_the_menu(network_page: Callable[..., Page], hand: Hand) -> None:
    page = network_page(**(NARROW if hand == "finger" else {}), has_touch=hand == "finger")
    do(page, "network[1]", "copy", hand)
    do(page, "network[2].layers[1]", "paste", hand)
    box = page.get_by_role("dialog", name="Paste layers")  # where the clipboard may not be read
    (
        box.get_by_role("button", name="Paste", exact=True).tap
        if hand == "finger"
        else box.get_by_role("button", name="Paste", exact=True).click
    )()
    structure(page, "flatten dense residual(dense relu dense) parallel(tanh|) output")
    do(page, "network[2].layers[1]", "cut", hand)
    structure(page, "flatten dense residual(dense dense) parallel(tanh|) output")
    do(page, "network[0]", "duplicate", hand)
    structure(page, "flatten flatten dense residual(dense dense) parallel(tanh|) output")
    do(page, "network[1]", "remove", hand)
    do(page, "network[0]", "down", hand)
    structure(page, "dense flatten residual(dense dense) parallel(tanh|) output")
    undo_all(page)
