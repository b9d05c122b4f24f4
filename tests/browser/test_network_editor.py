"""The network editor by mouse, keyboard and touch."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.network import trace
from playground.spec import ExperimentSpec
from playground.web.components import network
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train_to_the_end, wait_for_state


def titles(page: Page, *wanted: str) -> None:
    """Waits until these are the layers on the screen."""
    expect(page.locator(".pg-editor .pg-title")).to_have_text(list(wanted))


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
    expect(page.locator(".pg-field-error:visible")).to_have_text("Units must be at least 1")
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
    page.get_by_role("button", name="Insert a flatten layer before it").click()
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
    expect(page.locator(".pg-editor")).to_have_attribute("data-layers", "5")
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


# Thirty edits, fifty milliseconds apart: a number, a layer more, and one more or none.
QUICKLY = """async () => {
    const units = document.activeElement;
    const duplicate = () => document.querySelectorAll(".pg-editor .pg-card")[2].querySelector("[aria-label=Duplicate]").click();
    const undo = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true }));
    for (let round = 0; round < 10; round++) {
        units.value = 20 + round;
        units.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 50));
        for (const edit of [duplicate, round % 2 ? undo : duplicate]) {
            edit();
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
}"""


def test_what_is_trained_has_all_of_thirty_quick_edits(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1, epochs=1))
    units = page.locator(".pg-editor").get_by_label("Units")
    units.focus()
    page.evaluate(QUICKLY)
    press(page, "play")
    wait_for_state(page, "finished")
    settled(page)
    titles(page, "Flatten", "Dense", *["ReLU"] * 11, "Output")
    expect(units).to_have_value("29")
    expect(page.locator(".st-key-output-title")).not_to_contain_text("other settings")


def delivered(monkeypatch: pytest.MonkeyPatch, spec: ExperimentSpec) -> dict[str, Any]:
    """What Python sends to the editor."""
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
            const drawn = parentElement.querySelector(".pg-editor");
            end();
            const stayed = parentElement.querySelector(".pg-editor") === drawn;
            parentElement.remove();
            end();
            return [stayed, parentElement.childElementCount];
        }""",
        delivered(monkeypatch, experiment("mlp_784_256_10")),
    ) == [True, 0]


def test_every_button_is_large_enough_for_a_finger(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    opened(page, app)
    boxes = [button.bounding_box() for button in page.locator(".pg-editor button:visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_input_features_are_pressed_typed_and_repaired(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=2))
    row, chips = page.locator(".pg-features"), page.locator(".pg-card .pg-chip")
    expect(row.locator('[aria-pressed="true"]')).to_have_text(["x₁", "x₂"])
    row.get_by_role("button", name="x1^2").click()
    titles(page, "Input features", "Dense", "Tanh", "Dense", "Tanh", "Output")
    expect(row).to_be_hidden()
    formulas = page.get_by_label("Formulas")
    expect(formulas).to_have_value("x1, x2, x1^2")
    chips.get_by_text("x₂", exact=True).click()
    expect(formulas).to_have_value("x1, x1^2")
    expect(page.locator(".pg-totals")).to_contain_text("25 parameters")
    formulas.fill("x1, sin(x2")
    formulas.press("Enter")
    expect(page.locator(".pg-field-error:visible")).to_have_text("“)” is missing for the “(” at position 4 of sin(x2")
    expect(formulas).to_have_value("x1, sin(x2")
    expect(page.locator(".pg-totals")).to_contain_text("25 parameters")
    formulas.fill("x1, log(X1), sin(x2)")
    formulas.press("Enter")
    expect(formulas).to_have_value("x1, log(x1), sin(x2)")
    expect(page.locator(".pg-field-error:visible")).to_have_count(0)
    page.get_by_role("button", name="Use log(abs(x1)+0.1)").click()
    expect(formulas).to_have_value("x1, log(abs(x1)+0.1), sin(x2)")
    train_to_the_end(page)
    expect(page.locator(".pg-live-chart")).to_have_attribute("data-state", "finished")
