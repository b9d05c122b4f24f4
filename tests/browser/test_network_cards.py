"""What the network editor shows: tensors to scale, memory, as much as a beginner needs or everything, and the network as text."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.catalog.layers import Conv2d, Dense, Flatten, MaxPool2d, Output, ReLU
from tests.browser.chromium import NARROW, settled
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment
from tests.browser.test_looks import in_each_theme, serious_faults


def titles(page: Page, *wanted: str) -> None:
    expect(page.locator(".pg-editor .pg-title")).to_have_text(list(wanted))


def advanced(page: Page) -> None:
    page.get_by_role("switch", name="Advanced").click()


def with_layers(page: Page, app: App, *layers: object) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1).model_copy(update={"network": layers}))


def test_tensors_are_drawn_to_scale_with_their_shapes(page: Page, app: App) -> None:
    with_layers(page, app, Conv2d(filters=6), ReLU(), MaxPool2d(), Flatten(), Output())
    expect(page.locator(".pg-editor .pg-shape")).to_have_text(["1×28×28", "6×28×28", "6×28×28", "6×14×14", "1176", "10"])
    outlines = page.locator(".pg-editor .pg-tensor path:last-child").evaluate_all("paths => paths.map((path) => path.getAttribute('d'))")
    assert [outline.count("Z") for outline in outlines] == [1, 6, 6, 6, 1, 10]
    sides = [
        float(right) - float(left) for left, right in (re.findall(r"^M([\d.]+) [\d.]+H([\d.]+)", outline)[0] for outline in outlines[:4])
    ]
    assert sides[0] == sides[1] == sides[2] == pytest.approx(sides[3] * 2**0.5, rel=0.01)
    widths = page.locator(".pg-editor .pg-tensor").evaluate_all(
        "pictures => pictures.map((picture) => picture.getBoundingClientRect().width)"
    )
    assert widths[4] > widths[5] > widths[0]


def test_a_beginner_sees_few_settings_and_is_told_of_the_others(page: Page, app: App) -> None:
    with_layers(page, app, Conv2d(filters=4), ReLU(), Conv2d(filters=4, stride=2, bias=False), ReLU(), Flatten(), Output())
    first, second = page.locator(".pg-card").nth(0), page.locator(".pg-card").nth(2)
    expect(first.locator(".pg-field label:visible")).to_have_text(["Filters", "Kernel"])
    expect(first.get_by_text("more setting")).to_be_hidden()
    expect(page.locator(".pg-totals")).not_to_contain_text("FLOPs")
    second.get_by_role("button", name="2 more settings changed").click()
    expect(second.get_by_label("Stride")).to_have_value("2")
    expect(second.get_by_label("Bias")).not_to_be_checked()
    second.get_by_role("button", name="Fewer settings").click()
    expect(second.get_by_label("Stride")).to_be_hidden()
    advanced(page)
    expect(first.get_by_label("Stride")).to_be_visible()
    expect(page.locator(".pg-totals")).to_contain_text("FLOPs per example")
    expect(page.locator(".pg-card").nth(1)).to_contain_text("12.5 kB")  # 4 × 28 × 28 numbers of 4 bytes
    page.reload(wait_until="domcontentloaded")
    settled(page)
    expect(page.get_by_role("switch", name="Advanced")).to_be_checked()
    expect(first.get_by_label("Stride")).to_be_visible()


def test_plain_words_and_numbers_come_on_asking(page: Page, app: App) -> None:
    with_layers(page, app, Conv2d(filters=4), ReLU(), Flatten(), Output())
    page.get_by_role("button", name="What Convolution 2D does").click()
    note = page.locator(".pg-card").first.locator(".pg-help")
    expect(note).to_contain_text("Looks for small patterns")
    expect(note).to_contain_text("Its output is 4 maps of 28×28. It has 40 trainable parameters.")
    filters = page.get_by_label("Filters")
    filters.fill("5")
    filters.press("Enter")
    expect(note).to_contain_text("Its output is 5 maps of 28×28. It has 50 trainable parameters.")


def test_the_menu_begins_with_the_common_layers_and_finds_all(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    insert = page.get_by_role("button", name="Insert a layer here").nth(1)
    insert.click()
    menu = page.get_by_role("dialog", name="Add a layer")
    expect(menu.locator(".pg-option[data-kind=conv2d]")).to_be_visible()
    expect(menu.locator(".pg-option[data-kind=group_norm]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    for _ in range(20):
        if menu.locator(".pg-all[aria-selected=true]").count():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(menu.locator(".pg-option[data-kind=group_norm]")).to_be_visible()
    page.keyboard.type("group norm")
    page.keyboard.press("Enter")
    expect(page.locator(".pg-editor .pg-title").nth(1)).to_have_text("Group normalization")


def test_the_network_is_written_as_text_in_one_edit(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    toggle = page.get_by_role("button", name="Text", exact=True)
    toggle.click()
    box = page.get_by_label("The network as text")
    expect(box).to_have_value("flatten | dense 256 | relu | output")
    expect(box).to_be_focused()
    box.fill("conv 8 3 | relu | pool | flatten | dense 32 | tanh | output")
    page.keyboard.press("Control+Enter")
    titles(page, "Convolution 2D", "ReLU", "Max pooling 2D", "Flatten", "Dense", "Tanh", "Output")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(toggle).to_be_focused()
    settled(page)
    page.keyboard.press("Control+z")
    titles(page, "Flatten", "Dense", "ReLU", "Output")
    toggle.click()
    expect(box).to_have_value("flatten | dense 256 | relu | output")


def test_a_wrong_text_changes_nothing_and_stays(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    page.get_by_role("button", name="Text", exact=True).click()
    box = page.get_by_label("The network as text")
    wrong = "flatten | dens 32 | output"
    box.fill(wrong)
    page.get_by_role("button", name="Apply").click()
    message = page.locator(".pg-text .pg-field-error")
    expect(message).to_have_text("Column 11: unknown layer 'dens'; did you mean 'dense'?")
    expect(box).to_have_value(wrong)
    titles(page, "Flatten", "Dense", "ReLU", "Output")
    expect(page.locator(".pg-whole")).to_be_hidden()
    page.locator(".pg-card").nth(2).focus()
    page.keyboard.press("Delete")
    titles(page, "Flatten", "Dense", "Output")
    settled(page)
    expect(box).to_have_value(wrong)
    expect(message).to_be_hidden()
    page.get_by_role("button", name="Revert").click()
    expect(box).to_have_value("flatten | dense 256 | output")


def test_an_edit_is_shown_before_the_page_answers_and_also_without_the_preview(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    units = page.get_by_label("Units")
    with page.expect_response("**/network/preview") as answer:
        units.fill("100")
        units.press("Enter")
    state = answer.value.json()["state"]
    assert state["layers"][1]["row"]["tensor_out"]["axes"] == [["features", 100]]
    expect(page.locator(".pg-editor .pg-shape").nth(2)).to_have_text("100")
    assert f"spec={state['token']}" in page.url
    settled(page)
    page.route("**/network/preview", lambda route: route.fulfill(json={"state": None}))
    units.fill("50")
    units.press("Enter")
    expect(page.locator(".pg-editor .pg-shape").nth(2)).to_have_text("50")
    expect(page.locator(".pg-editor")).to_have_attribute("data-waiting", "0")


def test_axe_finds_nothing_serious_with_everything_open(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("lenet5", epochs=1))
    page.get_by_role("button", name="What Convolution 2D does").first.click()
    page.get_by_role("button", name="Text", exact=True).click()
    page.get_by_label("The network as text").fill("dens")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".pg-text .pg-field-error")).to_be_visible()
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
    advanced(page)
    page.get_by_role("button", name="Insert a layer here").first.click()
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"


def test_a_phone_shows_all_of_it_within_its_width(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    with_layers(page, app, Conv2d(filters=512, kernel=1, stride=2), ReLU(), Flatten(), Dense(units=128), Output())
    for tap in (
        page.get_by_role("button", name="Text", exact=True),
        page.get_by_role("button", name="What Dense does"),
        page.get_by_role("switch"),
    ):
        tap.tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        spilt = page.locator(".pg-gap, .pg-card, .pg-text").evaluate_all(
            "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
        )
        assert spilt == 0


def test_on_a_phone_bars_leave_room_for_the_words_beside_them_and_keep_their_proportions(visitor: Callable[..., Page], app: App) -> None:
    spec = experiment("small_cnn")
    wide, phone = visitor(), visitor(**NARROW, has_touch=True)
    lengths = []
    for page in (wide, phone):
        open_experiment(page, app, spec)
        page.wait_for_selector(f'.pg-editor[data-layers="{len(spec.network)}"]')
        bars = page.locator(".pg-editor .pg-tensor:is([data-kind=bar], [data-kind=units])")
        lengths.append(bars.evaluate_all("bars => bars.map((bar) => bar.getBoundingClientRect().width)"))
    cut = phone.locator(".pg-editor .pg-gap .pg-words").evaluate_all(
        "all => all.filter((words) => words.scrollWidth > words.clientWidth).length"
    )
    assert cut == 0
    assert len(lengths[0]) > 1
    assert lengths[1] == pytest.approx([width / 2 for width in lengths[0]], abs=0.5)
