"""The network editor as a visitor uses it: with mouse, keyboard and finger."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.catalog.layers import Conv2d, ReLU, Residual
from playground.network import trace
from playground.spec import ExperimentSpec
from playground.web.components import network
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, number, open_experiment, train_to_the_end


def titles(page: Page, *wanted: str) -> None:
    """The layers on the screen are these."""
    expect(page.locator(".pg-network .pg-title")).to_have_text(list(wanted))


def opened(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    titles(page, "Flatten", "Dense", "ReLU", "Output")


def test_a_field_is_edited_in_place_and_keeps_the_focus_and_the_node(page: Page, app: App) -> None:
    opened(page, app)
    units = page.get_by_label("Units")
    node = units.element_handle()
    units.fill("100")
    units.press("Enter")
    expect(page.locator(".pg-totals")).to_contain_text(f"{784 * 100 + 100 + 100 * 10 + 10:,} parameters")
    expect(units).to_be_focused()
    assert units.evaluate("(input, before) => input === before", node)
    units.fill("0")
    units.press("Enter")
    expect(page.locator(".pg-grumble:visible")).to_have_text("Units must be at least 1")
    units.press("Escape")
    expect(units).to_have_value("100")


def test_layers_are_moved_removed_repaired_and_undone_with_the_keyboard(page: Page, app: App) -> None:
    opened(page, app)
    page.locator(".pg-card").nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    titles(page, "Flatten", "ReLU", "Dense", "Output")
    assert "ReLU" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
    page.keyboard.press("Control+z")
    titles(page, "Flatten", "Dense", "ReLU", "Output")
    page.locator(".pg-card").first.focus()
    page.keyboard.press("Delete")
    titles(page, "Dense", "ReLU", "Output")
    expect(page.locator(".st-key-play button").first).to_be_disabled()
    page.get_by_role("button", name="Put a flatten layer before it").click()
    titles(page, "Flatten", "Dense", "ReLU", "Output")
    expect(page.locator(".st-key-play button").first).to_be_enabled()
    page.keyboard.press("Control+z")
    titles(page, "Dense", "ReLU", "Output")
    page.keyboard.press("Control+Shift+z")
    titles(page, "Flatten", "Dense", "ReLU", "Output")


def test_a_layer_is_found_in_the_menu_and_put_between_two_others(page: Page, app: App) -> None:
    opened(page, app)
    page.get_by_role("button", name="Insert a layer here").nth(3).click()
    page.keyboard.type("drop")
    page.keyboard.press("Enter")
    titles(page, "Flatten", "Dense", "ReLU", "Dropout", "Output")
    expect(page.get_by_label("Rate", exact=True)).to_be_focused()
    expect(page.locator(".pg-network")).to_have_attribute("data-layers", "5")
    page.reload(wait_until="domcontentloaded")
    settled(page)
    titles(page, "Flatten", "Dense", "ReLU", "Dropout", "Output")


def test_the_focus_goes_to_an_added_layer_whose_settings_beginners_do_not_see(page: Page, app: App) -> None:
    opened(page, app)
    page.get_by_role("button", name="Remove (Delete)").last.click()
    titles(page, "Flatten", "Dense", "ReLU")
    page.get_by_role("button", name="Add a layer").click()
    page.keyboard.type("output")
    page.keyboard.press("Enter")
    titles(page, "Flatten", "Dense", "ReLU", "Output")
    expect(page.locator(".pg-card").last).to_be_focused()


def test_a_layer_added_with_a_finger_brings_up_no_keyboard(visitor: Callable[..., Page], app: App) -> None:
    phone = visitor(**NARROW, has_touch=True)
    opened(phone, app)
    phone.get_by_role("button", name="Insert a layer here").nth(3).tap()
    expect(phone.get_by_role("listbox", name="Layers")).to_be_focused()
    phone.keyboard.press("ArrowDown")
    chosen = phone.get_by_role("option", selected=True)
    expect(phone.get_by_role("listbox", name="Layers")).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "?")
    phone.get_by_role("combobox", name="Search layers").tap()
    expect(phone.get_by_role("combobox", name="Search layers")).to_be_focused()
    phone.get_by_role("option", name=re.compile("^Dropout")).tap()
    titles(phone, "Flatten", "Dense", "ReLU", "Dropout", "Output")
    expect(phone.locator(".pg-card").nth(3)).to_be_focused()


def test_quick_edits_are_all_taken_in_order(page: Page, app: App) -> None:
    opened(page, app)
    relu = page.locator(".pg-card").nth(2)
    relu.get_by_label("Duplicate").dblclick()
    page.locator(".pg-card").first.focus()
    for _ in range(2):
        page.keyboard.press("Alt+ArrowDown")
    page.wait_for_timeout(1000)
    settled(page)
    titles(page, "Dense", "ReLU", "Flatten", "ReLU", "ReLU", "Output")


def add(page: Page, title: str, place: str) -> None:
    """A layer from the menu of the insert button before the layer at a place, or of the empty chain there."""
    chain, _, index = place.rpartition("[")
    after = int(index[:-1])
    if after:
        step = page.locator(".pg-step", has=page.locator(f'> .pg-card[data-place="{chain}[{after - 1}]"]'))
    elif chain == "network":
        step = page.locator(".pg-network > .pg-layers > .pg-step").first
    else:
        block, _, name = chain.rpartition(".")
        branch = int(name[7:-1]) if name.startswith("branch") else 0
        step = page.locator(f'.pg-card[data-place="{block}"] > .pg-inside > .pg-branches > .pg-branch').nth(branch)
        step = step.locator("> .pg-layers > .pg-step").first
    step.locator("> .pg-gap > button").click()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.locator(f'.pg-card[data-place="{place}"] > .pg-row .pg-title')).to_have_text(title)


def card(page: Page, place: str) -> Locator:
    return page.locator(f'.pg-card[data-place="{place}"]')


def test_a_residual_block_is_put_in_filled_and_trained(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Residual block", "network[2]")
    inside = ["Convolution 2D", "Batch normalisation", "ReLU", "Convolution 2D", "Batch normalisation"]
    expect(card(page, "network[2]").locator(".pg-inside .pg-title")).to_have_text(inside)
    expect(card(page, "network[2]").locator(".pg-inside .pg-shape").last).to_have_text("16×28×28")
    add(page, "Dropout", "network[2].layers[3]")
    rate = card(page, "network[2].layers[3]").get_by_label("Rate", exact=True)
    expect(rate).to_be_focused()
    rate.fill("0.4")
    rate.press("Enter")
    card(page, "network[2].layers[1]").focus()
    page.keyboard.press("Delete")
    expect(card(page, "network[2]").locator(".pg-inside .pg-title")).to_have_text([inside[0], "ReLU", "Dropout", *inside[3:]])
    expect(card(page, "network[2].layers[1]")).to_be_focused()
    train_to_the_end(page)
    assert number(page, "points") > 0
    page.reload(wait_until="domcontentloaded")
    settled(page)
    expect(card(page, "network[2].layers[2]").get_by_label("Rate", exact=True)).to_have_value("0.4")


def test_an_inception_block_is_built_and_its_branches_are_joined(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Parallel branches", "network[2]")
    block = card(page, "network[2]")
    block.get_by_role("button", name="Add a branch").click()
    expect(block.locator(".pg-branch")).to_have_count(3)
    expect(block.get_by_text("Passes on what goes in.").locator("visible=true")).to_have_count(1)
    add(page, "Convolution 2D", "network[2].branch[2][0]")
    filters = card(page, "network[2].branch[2][0]").get_by_label("Filters")
    filters.fill("5")
    filters.press("Enter")
    out = page.locator(".pg-step", has=page.locator('> .pg-card[data-place="network[2]"]')).locator("> .pg-gap .pg-shape")
    expect(out).to_have_text(f"{8 + 8 + 5}×28×28")
    block.get_by_label("Remove this branch").first.click()
    expect(out).to_have_text(f"{8 + 5}×28×28")
    train_to_the_end(page)


def test_layers_go_into_a_block_and_out_of_it_with_the_keyboard_and_keep_the_focus(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    add(page, "Parallel branches", "network[3]")
    card(page, "network[2]").focus()
    where = ["network[2].branch[0][0]", "network[2].branch[1][0]", "network[2].branch[0][0]", "network[2]"]
    for key, place in zip(["Right", "Right", "Left", "Left"], where, strict=True):
        page.keyboard.press(f"Alt+Arrow{key}")
        expect(card(page, place)).to_be_focused()
        expect(card(page, place).locator("> .pg-row .pg-title")).to_have_text("ReLU")
    settled(page)
    expect(page.locator(".pg-network > .pg-layers > .pg-step > .pg-card > .pg-row .pg-title")).to_have_text(
        ["Flatten", "Dense", "ReLU", "Parallel branches", "Output"]
    )
    for _ in range(5):
        page.keyboard.press("Control+z")
    titles(page, "Flatten", "Dense", "ReLU", "Output")


def test_four_moves_at_once_keep_the_focus_and_are_all_taken(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    add(page, "Parallel branches", "network[3]")
    settled(page)
    card(page, "network[2]").focus()
    for key in ["Right", "Right", "Left", "Right"]:
        page.keyboard.press(f"Alt+Arrow{key}")
    moved = card(page, "network[2].branch[1][0]")
    expect(moved).to_be_focused()
    page.evaluate("document.addEventListener('focusin', (event) => (window.strayed ??= []).push(event.target.dataset?.place ?? ''))")
    page.wait_for_timeout(1500)
    settled(page)
    expect(moved).to_be_focused()
    expect(moved.locator("> .pg-row .pg-title")).to_have_text("ReLU")
    assert set(page.evaluate("window.strayed ?? []")) <= {"network[2].branch[1][0]"}


def delivered(monkeypatch: pytest.MonkeyPatch, spec: ExperimentSpec) -> dict[str, Any]:
    """What Python sends the editor."""
    sent: dict[str, Any] = {}
    monkeypatch.setattr(network, "component", lambda name: lambda **given: sent.update(given["data"]))
    network.network_editor(spec, trace(spec), key="", on_edit=lambda: None)
    return {**json.loads(json.dumps(sent)), "token": None}


def test_a_component_stays_until_it_has_left_the_page(page: Page, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    show(page, app.url)
    assert page.evaluate(
        """async (data) => {
            const { default: editor } = await import(new URL("assets/js/network.js", document.baseURI));
            const parentElement = document.body.appendChild(document.createElement("div"));
            const end = await editor({ data, parentElement, setStateValue() {}, setTriggerValue() {} });
            const drawn = parentElement.querySelector(".pg-network");
            end();
            const stayed = parentElement.querySelector(".pg-network") === drawn;
            parentElement.remove();
            end();
            return [stayed, parentElement.childElementCount];
        }""",
        delivered(monkeypatch, experiment("mlp_784_256_10")),
    ) == [True, 0]


def test_the_menu_opens_at_its_button_however_long_the_network_is(page: Page, app: App) -> None:
    long = experiment("small_cnn", epochs=1)
    block = Residual(layers=(Conv2d(filters=16), ReLU(), Conv2d(filters=16)))
    open_experiment(page, app, long.model_copy(update={"network": (*long.network[:2], *[block] * 6, *long.network[2:])}))
    button = page.get_by_role("button", name="Insert a layer here").nth(8)
    button.click()
    menu = page.get_by_role("dialog", name="Add a layer")
    at, opened = (box.bounding_box() or {} for box in (button, menu))
    assert min(abs(opened["y"] - at["y"] - at["height"]), abs(opened["y"] + opened["height"] - at["y"])) < 20
    expect(menu).to_be_in_viewport()
    expect(menu.locator("[aria-selected=true] .pg-option-title")).to_have_text("Convolution 2D")


def test_a_problem_in_a_branch_is_told_there_and_repaired_there(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Parallel branches", "network[2]")
    add(page, "Dense", "network[2].branch[1][2]")
    problem = card(page, "network[2].branch[1][2]").locator(".pg-problems li")
    expect(problem).to_contain_text("Dense needs a vector")
    expect(page.locator(".st-key-play button").first).to_be_disabled()
    problem.get_by_role("button", name="Put a flatten layer before it").click()
    expect(card(page, "network[2].branch[1][2]").locator(".pg-title")).to_have_text("Flatten")


def test_blocks_fit_on_a_phone(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Parallel branches", "network[2]")
    page.wait_for_timeout(500)
    lefts = {round(box["x"]) for branch in page.locator(".pg-branch").all() if (box := branch.bounding_box())}
    assert len(lefts) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    boxes = [button.bounding_box() for button in page.locator(".pg-network button:visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    spilt = page.locator(".pg-card").evaluate_all("cards => cards.filter((card) => card.scrollWidth > card.clientWidth + 1).length")
    assert spilt == 0


def test_every_button_is_large_enough_for_a_finger(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    opened(page, app)
    boxes = [button.bounding_box() for button in page.locator(".pg-network button:visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
