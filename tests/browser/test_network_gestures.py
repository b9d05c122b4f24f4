"""Every operation of the network editor by mouse, by keyboard and by finger, and each taken back to the start."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.catalog.layers import Dense, Flatten, Output, Parallel, ReLU, Residual, Tanh
from playground.spec import ExperimentSpec
from tests.browser.chromium import NARROW, settled
from tests.browser.gestures import Hand, drag, dragged, middle
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment
from tests.browser.test_looks import serious_faults

MLP = experiment("mlp_784_256_10", seed=1)
SPEC = MLP.model_copy(
    update={
        "network": (
            Flatten(),
            Dense(units=32),
            Residual(layers=(Dense(units=32), ReLU())),
            Parallel(branch=((Tanh(),), ())),
            Output(),
        )
    }
)
TALL = 2000
"""Of a screen on which the whole network is seen, in px."""
START = "flatten dense residual(dense relu) parallel(tanh|) output"
STRUCTURE = """() => {
    const chain = (list) => [...list.children].map((step) => step.querySelector(":scope > .pg-card")).filter(Boolean).map((card) => {
        const inner = [...card.querySelectorAll(":scope > .pg-inside > .pg-branches > .pg-branch > .pg-layers")].map(chain);
        return card.dataset.kind + (inner.length ? `(${inner.join("|")})` : "");
    }).join(" ");
    return chain(document.querySelector(".pg-network > .pg-layers"));
}"""


def structure(page: Page, wanted: str) -> None:
    """The network on the screen is, or becomes, this: kinds in order, what is inside blocks in brackets."""
    page.wait_for_function(f"(wanted) => ({STRUCTURE})() === wanted", arg=wanted)
    settled(page)


def card(page: Page, place: str) -> Locator:
    return page.locator(f'.pg-card[data-place="{place}"]')


def handle(page: Page, place: str) -> Locator:
    return card(page, place).locator("> .pg-row .pg-handle")


def gap(page: Page, place: str) -> Locator:
    return page.locator(f'.pg-gap[data-place="{place}"]')


def opened(page: Page, app: App, spec: ExperimentSpec = SPEC) -> Page:
    open_experiment(page, app, spec)
    page.wait_for_selector(f'.pg-network[data-layers="{len(spec.network)}"]')
    return page


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Page:
    return visitor(**NARROW, has_touch=True)


def undo_all(page: Page, app_start: str = START) -> None:
    """Back to the start, with the button; then there is nothing left to undo."""
    settled(page)
    undo = page.get_by_role("button", name="Undo", exact=True)
    while undo.is_enabled():
        undo.click()
        settled(page)
    structure(page, app_start)


def do(page: Page, place: str, action: str, hand: Hand = "mouse") -> None:
    """Something from the menu of the card at a place."""
    more = card(page, place).locator("> .pg-row .pg-more-button")
    (more.tap if hand == "finger" else more.click)()
    entry = page.locator(f'.pg-actions-menu [data-action="{action}"]')
    (entry.tap if hand == "finger" else entry.click)()


@pytest.mark.parametrize("hand", ["mouse", "finger", "pen"])
def test_a_layer_is_dragged_into_a_block_into_a_branch_and_out_again(visitor: Callable[..., Page], app: App, hand: Hand) -> None:
    page = opened(visitor(height=TALL, has_touch=hand == "finger"), app)
    drag(page, hand, handle(page, "network[1]"), gap(page, "network[2].layers[1]"))
    structure(page, "flatten residual(dense dense relu) parallel(tanh|) output")
    drag(page, hand, handle(page, "network[1].layers[2]"), gap(page, "network[2].branch[1][0]"))
    structure(page, "flatten residual(dense dense) parallel(tanh|relu) output")
    drag(page, hand, handle(page, "network[2].branch[0][0]"), gap(page, "network[1]"))
    structure(page, "flatten tanh residual(dense dense) parallel(|relu) output")
    drag(page, hand, handle(page, "network[3]"), gap(page, "network[2].layers[0]"))
    structure(page, "flatten tanh residual(parallel(|relu) dense dense) output")
    undo_all(page)


def test_a_card_is_dragged_by_its_face_with_the_mouse(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(height=TALL), app)
    drag(page, "mouse", card(page, "network[1]").locator(".pg-title"), gap(page, "network[0]"))
    structure(page, "dense flatten residual(dense relu) parallel(tanh|) output")
    expect(card(page, "network[0]")).to_be_focused()
    undo_all(page)


def test_a_finger_that_rests_on_a_card_lifts_it_and_one_that_does_not_scrolls(phone: Page, app: App) -> None:
    opened(phone, app)
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


def test_nothing_moves_before_it_is_dropped_and_escape_puts_it_back(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(height=TALL), app)
    tops = (
        "() => [...document.querySelectorAll('.pg-network .pg-card, .pg-network .pg-gap')].map((node) => node.getBoundingClientRect().top)"
    )
    before = page.evaluate(tops)
    ghost, line = page.locator(".pg-ghost"), page.locator(".pg-drop")
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move(middle(gap(page, "network[2].layers[2]")))
        expect(ghost).to_be_visible()
        expect(ghost).to_have_text("Dense")
        expect(line).to_be_visible()
        expect(page.locator(".pg-network")).to_have_attribute("data-gap", "network[2].layers[2]")
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


def test_a_drag_outlives_the_answer_to_the_edit_before_it(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(height=TALL), app)
    card(page, "network[3]").focus()
    page.keyboard.press("Delete")
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        x, y = middle(handle(page, "network[1]"))
        move((x + 40, y + 10))
        structure(page, "flatten dense residual(dense relu) output")
        expect(page.locator(".pg-network")).to_have_attribute("data-waiting", "0")
        move(middle(gap(page, "network[3]")))
        expect(page.locator(".pg-network")).to_have_attribute("data-gap", "network[3]")
    structure(page, "flatten residual(dense relu) dense output")
    undo_all(page)


def test_the_output_goes_into_no_block(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(height=TALL), app)
    with dragged(page, "mouse", handle(page, "network[4]")) as move:
        move(middle(gap(page, "network[2].layers[0]")))
        expect(page.locator(".pg-drop[data-wrong=true]")).to_contain_text("ends the network")
    settled(page)
    structure(page, START)


def test_the_page_follows_a_drag_to_what_lies_below(page: Page, app: App) -> None:
    long = MLP.model_copy(update={"network": (Flatten(), Dense(units=32), *[ReLU()] * 26, Output())})
    opened(page, app, long)
    with dragged(page, "mouse", handle(page, "network[1]")) as move:
        move((middle(handle(page, "network[1]"))[0], 890))
        page.wait_for_function("() => document.querySelector('.pg-gap[data-place=\"network[28]\"]').getBoundingClientRect().top < 600")
        move((middle(handle(page, "network[28]"))[0], 450))
        move(middle(gap(page, "network[28]")))
        expect(page.locator(".pg-network")).to_have_attribute("data-gap", "network[28]")
    structure(page, "flatten " + "relu " * 26 + "dense output")


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_a_layer_is_dragged_out_of_the_menu_into_any_gap(visitor: Callable[..., Page], app: App, hand: Hand) -> None:
    page = opened(visitor(height=TALL, has_touch=hand == "finger"), app)
    gap(page, "network[1]").get_by_role("button").click()
    page.keyboard.type("tanh")
    drag(page, hand, page.locator(".pg-option[data-kind=tanh]"), gap(page, "network[2].layers[1]"), resting=hand == "finger")
    structure(page, "flatten dense residual(dense tanh relu) parallel(tanh|) output")
    expect(page.get_by_role("dialog", name="Add a layer")).to_be_hidden()
    undo_all(page)


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_a_layer_is_picked_from_the_menu_for_the_gap_where_it_was_opened(visitor: Callable[..., Page], app: App, hand: Hand) -> None:
    page = opened(visitor(has_touch=hand == "finger"), app)
    insert = gap(page, "network[1]").get_by_role("button")
    (insert.tap if hand == "finger" else insert.click)()
    page.keyboard.type("tanh")
    option = page.locator(".pg-option[data-kind=tanh]")
    (option.tap if hand == "finger" else option.click)()
    structure(page, "flatten tanh dense residual(dense relu) parallel(tanh|) output")
    undo_all(page)


def test_layers_are_copied_cut_and_pasted_with_the_keyboard(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(permissions=["clipboard-read", "clipboard-write"]), app)
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


def test_a_chain_from_outside_is_pasted_and_what_is_none_is_refused_in_words(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(permissions=["clipboard-read", "clipboard-write"]), app)
    write = "(text) => navigator.clipboard.writeText(text)"
    page.evaluate(write, "dense 7 | dropout")
    card(page, "network[1]").focus()
    page.keyboard.press("Control+v")
    structure(page, "flatten dense dense dropout residual(dense relu) parallel(tanh|) output")
    expect(card(page, "network[2]").get_by_label("Units")).to_have_value("7")
    page.keyboard.press("Control+z")
    structure(page, START)
    complaint = card(page, "network[1]").locator("> .pg-grumble")
    for text, said in [
        ("<img src=x onerror=alert(1)>", "paste"),
        ("x" * 200_000, "200,000 characters"),
        ('[{"kind": "dense", "units": 0}]', "at least 1"),
    ]:
        page.evaluate(write, text)
        card(page, "network[1]").focus()
        page.keyboard.press("Control+v")
        expect(complaint).to_contain_text(said)
        structure(page, START)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_field_keeps_its_own_clipboard(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(permissions=["clipboard-read", "clipboard-write"]), app)
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
def test_layers_are_copied_cut_and_pasted_with_the_menu(visitor: Callable[..., Page], app: App, hand: Hand) -> None:
    page = opened(visitor(**(NARROW if hand == "finger" else {}), has_touch=hand == "finger"), app)
    do(page, "network[1]", "copy", hand)
    do(page, "network[2].layers[1]", "paste", hand)
    box = page.get_by_role("dialog", name="Paste layers")  # where the clipboard may not be read
    (
        box.get_by_role("button", name="Paste the layers").tap
        if hand == "finger"
        else box.get_by_role("button", name="Paste the layers").click
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


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_layers_are_put_into_blocks_and_taken_out_with_the_menu(visitor: Callable[..., Page], app: App, hand: Hand) -> None:
    page = opened(visitor(**(NARROW if hand == "finger" else {}), has_touch=hand == "finger"), app)
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


def test_the_menu_of_a_card_is_used_with_the_keyboard_alone(page: Page, app: App) -> None:
    opened(page, app)
    card(page, "network[1]").focus()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="With Dense")
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


def test_several_layers_are_selected_moved_put_into_a_block_and_removed_with_the_keyboard(page: Page, app: App) -> None:
    opened(page, app)
    card(page, "network[1]").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".pg-card[data-selected=true]")).to_have_count(2)
    expect(page.locator(".pg-heard")).to_contain_text("2 layers selected")
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


def test_several_layers_are_selected_and_dragged_with_the_mouse(visitor: Callable[..., Page], app: App) -> None:
    page = opened(visitor(height=TALL), app)
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


def test_several_layers_are_selected_and_removed_with_a_finger(phone: Page, app: App) -> None:
    opened(phone, app)
    do(phone, "network[2].layers[0]", "select", "finger")
    expect(phone.locator(".pg-card[data-selected=true]")).to_have_count(2)
    do(phone, "network[2].layers[1]", "remove", "finger")
    structure(phone, "flatten dense residual() parallel(tanh|) output")
    undo_all(phone)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_menus_and_what_is_dragged_shut_nobody_out(visitor: Callable[..., Page], app: App, theme: Any) -> None:
    page = opened(visitor(height=TALL, theme=theme), app)
    card(page, "network[1]").locator(".pg-title").click()
    card(page, "network[2]").locator("> .pg-row .pg-title").click(modifiers=["Shift"])
    card(page, "network[1]").locator(".pg-more-button").click()
    assert not serious_faults(page)
    page.locator("[data-action=paste]").click()
    expect(page.get_by_role("dialog", name="Paste layers")).to_be_visible()
    assert not serious_faults(page)
    page.keyboard.press("Escape")
    with dragged(page, "mouse", handle(page, "network[0]")) as move:
        move(middle(gap(page, "network[2].layers[1]")))
        assert not serious_faults(page)


def test_what_is_touched_is_large_enough_for_a_finger(phone: Page, app: App) -> None:
    opened(phone, app)
    card(phone, "network[1]").locator(".pg-more-button").tap()
    boxes = [each.bounding_box() for each in phone.locator(".pg-network :is(button, .pg-handle):visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
