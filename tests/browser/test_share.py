"""Sharing between browsers: links that restore everything, links for a class, files; and comparing experiments."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from playground import train as trained
from playground.catalog.layers import Dense
from playground.export.link import from_token, to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.training.events import Finished
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train_to_the_end
from tests.browser.test_looks import in_each_theme, serious_faults

SMALL = experiment("playground_2d", epochs=12, seed=7, batch_size=20, device="cpu")
# The end of every curve but the one that the browser smooths.
LAST_VALUES = """() => Object.fromEntries([...document.querySelector('.pg-live-chart .js-plotly-plot').data]
    .filter((curve) => curve.y.length && curve.name !== 'batches').map((curve) => [curve.name, Array.from(curve.y).at(-1)]))"""


def spec_in_address(page: Page) -> ExperimentSpec:
    return from_token(parse_qs(urlsplit(page.url).query)["spec"][0])


def limits_in_address(page: Page) -> dict[str, str]:
    query = parse_qs(urlsplit(page.url).query)
    return {name: query[name][0] for name in ("hide", "lock") if name in query}


def dialog(page: Page, tab: str) -> Locator:
    """The dialog that Share opens, at one of its tabs."""
    press(page, "share")
    page.get_by_role("tab", name=tab, exact=True).click()
    settled(page)
    return page.get_by_role("dialog")


def shown_link(opened: Locator) -> str:
    return str(opened.locator("code:visible").first.inner_text())


def set_units(page: Page, place: int, units: int) -> None:
    field = page.locator(f'.pg-card[data-path="network[{place}]"]').get_by_label("Units")
    field.fill(str(units))
    before = parse_qs(urlsplit(page.url).query)["spec"][0]
    field.press("Enter")
    page.wait_for_function("before => !location.href.includes(before)", arg=before)
    settled(page)


def set_epochs(page: Page, epochs: int) -> None:
    field = page.get_by_label("Epochs", exact=True)
    field.fill(str(epochs))
    before = parse_qs(urlsplit(page.url).query).get("spec", ["?"])[0]
    field.press("Enter")
    page.wait_for_function("before => !location.href.includes(before)", arg=before)
    settled(page)


def test_a_copied_link_shows_the_same_experiment_in_another_browser_and_trains_to_the_same_losses(
    visitor: Callable[..., Page], app: App
) -> None:
    first, second = visitor(permissions=["clipboard-read", "clipboard-write"]), visitor()
    open_experiment(first, app, SMALL)
    set_units(first, 0, 5)
    expected = SMALL.model_copy(update={"network": (Dense(units=5), *SMALL.network[1:])})
    assert spec_in_address(first) == expected

    opened = dialog(first, "Link")
    opened.get_by_role("button", name="Copy to clipboard").locator("visible=true").first.click()
    link = str(first.evaluate("navigator.clipboard.readText()"))
    assert link == shown_link(opened)
    first.keyboard.press("Escape")
    settled(first)

    show(second, link)
    assert spec_in_address(second) == expected
    expect(second.locator('.pg-card[data-path="network[0]"]').get_by_label("Units")).to_have_value("5")
    expect(second.get_by_label("Training seed", exact=True)).to_have_value("7")
    expect(second.get_by_label("Epochs", exact=True)).to_have_value("12")

    for page in (first, second):
        train_to_the_end(page)
    ends = [page.evaluate(LAST_VALUES) for page in (first, second)]
    assert {"each batch", "training loss", "test loss", "test accuracy"} <= ends[0].keys()
    assert ends[0] == ends[1]
    finished = next(event for event in trained(expected) if isinstance(event, Finished))
    assert ends[0]["test loss"] == pytest.approx(finished.test_loss, abs=1e-6)
    assert ends[0]["training loss"] == pytest.approx(finished.train_loss, abs=1e-6)


def pick(opened: Locator, group: str, *names: str) -> None:
    for name in names:
        opened.get_by_role("toolbar", name=group).get_by_role("button", name=name, exact=True).click()
        settled(opened.page)


def test_a_link_for_a_class_hides_and_locks_and_the_address_keeps_it(visitor: Callable[..., Page], app: App) -> None:
    teacher, student = visitor(), visitor()
    open_experiment(teacher, app, SMALL)
    opened = dialog(teacher, "Link for a class")
    pick(opened, "Lock", "Network", "Data")
    pick(opened, "Hide", "Schedule", "Presets")
    link = shown_link(opened)

    show(student, link)
    limits = {"hide": "presets,schedule", "lock": "data,network"}
    assert limits_in_address(student) == limits
    assert spec_in_address(student) == SMALL
    expect(student.get_by_text("Presets")).to_have_count(0)
    expect(student.get_by_label("Schedule", exact=True)).to_have_count(0)
    expect(student.get_by_text("Locked by this link")).to_have_count(2)
    expect(student.get_by_role("combobox", name="Dataset")).to_be_disabled()
    units = student.locator('.pg-card[data-path="network[0]"]').get_by_label("Units")
    expect(units).to_be_disabled()
    expect(units).to_have_value("4")
    expect(student.locator(".pg-editor button.pg-add:visible").last).to_be_disabled()
    assert not serious_faults(student)

    set_epochs(student, 15)
    assert limits_in_address(student) == limits
    assert spec_in_address(student) == experiment("playground_2d", epochs=15, seed=7, batch_size=20, device="cpu")
    student.get_by_role("link", name="Draw").click()
    student.wait_for_url("**/draw**")
    settled(student)
    assert limits_in_address(student) == limits
    student.get_by_role("link", name="Playground").click()
    student.wait_for_url("**/playground**")
    settled(student)
    assert limits_in_address(student) == limits
    student.reload(wait_until="domcontentloaded")
    settled(student)
    assert limits_in_address(student) == limits
    assert spec_in_address(student).training.epochs == 15
    expect(units).to_be_disabled()


def test_what_is_not_locked_can_be_taken_back_with_the_keys_and_the_locked_network_stays(page: Page, app: App) -> None:
    show(page, f"{app.url}/playground?spec={to_token(SMALL)}&lock=network")
    set_epochs(page, 15)
    card = page.locator('.pg-card[data-path="network[0]"]')
    card.focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Control+z")
    page.wait_for_function("token => location.href.includes(token)", arg=to_token(SMALL))
    settled(page)
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("12")
    assert spec_in_address(page) == SMALL


def test_a_hidden_network_still_keeps_the_address(page: Page, app: App) -> None:
    show(page, f"{app.url}/playground?spec={to_token(SMALL)}&hide=network,presets,output,pages")
    expect(page.locator(".pg-editor")).to_be_hidden()
    expect(page.locator(".pg-live-chart")).to_have_count(0)
    expect(page.get_by_role("link", name="Draw")).to_have_count(0)
    set_epochs(page, 15)
    assert spec_in_address(page).training.epochs == 15
    assert limits_in_address(page) == {"hide": "network,presets,output,pages"}
    assert not serious_faults(page)


def test_a_file_opens_in_another_browser_and_a_bad_one_changes_nothing(visitor: Callable[..., Page], app: App, tmp_path: Path) -> None:
    first, second = visitor(), visitor()
    open_experiment(first, app, SMALL)
    opened = dialog(first, "File")
    with first.expect_download() as download:
        opened.get_by_role("button", name="Save settings to a file").click()
    file = tmp_path / "mine.json"
    download.value.save_as(file)

    open_experiment(second, app, PRESETS["perceptron"].spec)
    bad = tmp_path / "bad.json"
    bad.write_text(file.read_text().replace('"units": 4', '"units": 0'))
    opened = dialog(second, "File")
    opened.locator("input[type=file]").set_input_files(bad)
    expect(opened.get_by_role("alert")).to_contain_text("network[0].units: must be at least 1, got 0")
    assert spec_in_address(second) == PRESETS["perceptron"].spec
    second.keyboard.press("Escape")
    expect(second.get_by_role("dialog")).to_have_count(0)
    settled(second)
    expect(second.get_by_role("alert")).to_have_count(0)

    opened = dialog(second, "File")
    opened.locator("input[type=file]").set_input_files(file)
    expect(second.get_by_role("dialog")).to_have_count(0)
    second.wait_for_function("token => location.href.includes(token)", arg=to_token(SMALL))
    told = second.locator("[data-testid='stAlert']")
    expect(told).to_contain_text("Opened the settings in mine.json")
    box = told.bounding_box()
    assert box
    assert box["width"] > 1000  # across the page, not squeezed into the column of the button


def test_two_experiments_are_compared_and_the_other_one_is_opened(page: Page, app: App) -> None:
    open_experiment(page, app, SMALL)
    opened = dialog(page, "Compare")
    other = experiment("playground_2d", epochs=3, seed=7, batch_size=20, device="cpu")
    opened.get_by_role("textbox", name="Another experiment").fill(f"{app.url}/playground?spec={to_token(other)}")
    opened.get_by_role("textbox", name="Another experiment").press("Control+Enter")
    expect(opened.locator(".pg-differences li")).to_have_text(["training.epochs 12 → 3"])
    assert not serious_faults(page)
    opened.get_by_role("button", name="Open these settings").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_function("token => location.href.includes(token)", arg=to_token(other))
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("3")


def test_the_dialog_shuts_nobody_out_and_fits_the_screen(page: Page, app: App) -> None:
    open_experiment(page, app, SMALL)
    opened = dialog(page, "Link for a class")
    pick(opened, "Lock", "Network")

    def expect_well(screen: str) -> None:
        for tab in ("Link", "Link for a class", "Compare", "File"):
            page.get_by_role("tab", name=tab, exact=True).click()
            settled(page)
            assert not (faults := serious_faults(page)), f"{tab}, {screen}: {faults}"
            assert opened.evaluate("element => element.scrollWidth - element.clientWidth") == 0, f"{tab}, {screen}"

    for theme in in_each_theme(page):
        expect_well(theme)
    page.set_viewport_size(NARROW)
    expect_well("narrow")


# WCAG 2.2, contrast of a text with the ground of the dark theme, which every dialog and popover has.
CONTRAST = """element => {
    const pen = document.createElement('canvas').getContext('2d');
    const painted = (...colors) => {
        for (const color of colors) {
            pen.fillStyle = color;
            pen.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = Array.from(pen.getImageData(0, 0, 1, 1).data)
            .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const style = getComputedStyle(element);
    const ground = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
    const lights = [painted(ground), painted(ground, style.webkitTextFillColor)].sort();
    return (lights[1] + 0.05) / (lights[0] + 0.05);
}"""


def test_what_is_chosen_and_what_is_locked_is_readable_outside_of_the_page_too(page: Page, app: App) -> None:
    show(page, f"{app.url}/playground?spec={to_token(SMALL)}&lock=training")
    page.get_by_role("switch", name="Advanced").click()
    page.get_by_test_id("stPopoverButton").filter(has_text="Advanced").click()
    popover = page.get_by_test_id("stPopoverBody")
    locked = popover.get_by_label("Threads", exact=True)
    expect(locked).to_be_disabled()
    for theme in in_each_theme(page):
        assert locked.evaluate(CONTRAST) >= 4.5, theme
        assert popover.get_by_test_id("stWidgetLabel").first.locator("p").evaluate(CONTRAST) >= 4.5, theme
    page.keyboard.press("Escape")
    chosen = dialog(page, "Compare").get_by_role("tab", selected=True)
    for theme in in_each_theme(page):
        assert chosen.locator("p").evaluate(CONTRAST) >= 4.5, theme
