"""How every page looks: light, dark, on a narrow screen, and to a screen reader."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import PAGES, experiment, open_experiment, train_to_the_end

LIGHTNESS = """() => {
    const color = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
    const [red, green, blue] = color.match(/[\\d.]+/g).map(Number);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}"""

# How much wider the document and what scrolls in it are than the screen, in px.
OVERFLOWING = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return [document.documentElement, main].map((element) => element.scrollWidth - element.clientWidth);
}"""

# Words of buttons and switches that are cut off or outside of the screen.
CUT = """() => [...document.querySelectorAll('[data-testid=stMain] :is(button, label) [data-testid=stMarkdownContainer]')]
    .filter((words) => words.offsetParent && words.clientWidth > 1)
    .filter((words) => words.scrollWidth > words.clientWidth || words.getBoundingClientRect().right > innerWidth)
    .map((words) => words.textContent)"""

# Buttons in number fields and help symbols where a finger 19 px beside their middle touches something else.
SMALL = """() => [...document.querySelectorAll('[data-testid=stNumberInputContainer] button, [data-testid=stTooltipIcon] button')]
    .filter((button) => button.checkVisibility())
    .filter((button) => {
        button.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = button.getBoundingClientRect();
        const [middle, center] = [x + width / 2, y + height / 2];
        const around = [[0, 0], [-19, 0], [19, 0], [0, -19], [0, 19]];
        return !around.every(([dx, dy]) => button.contains(document.elementFromPoint(middle + dx, center + dy)));
    })
    .map((button) => button.closest('[data-testid=stElementContainer]').innerText + ': ' + button.ariaLabel)"""

# Only what is asked for is computed and sent.
VIOLATIONS = "() => axe.run({ resultTypes: ['violations'], selectors: false }).then(({ violations }) => violations)"


def serious_faults(page: Page) -> str:
    """Accessibility violations found by axe, with their elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = [violation for violation in page.evaluate(VIOLATIONS) if violation["impact"] in ("serious", "critical")]
    return "\n".join(
        f"{violation['id']}: {violation['help']}\n" + "\n".join(f"    {node['html'][:300]}" for node in violation["nodes"])
        for violation in violations
    )


def in_each_theme(page: Page) -> Iterator[str]:
    """The page in dark, then in light, as when the system's theme changes while it is open."""
    for theme, dark in (("dark", True), ("light", False)):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"dark => dark === ({LIGHTNESS})() < 0.5", arg=dark)
        settled(page)
        yield theme


def test_every_page_follows_the_theme_of_the_visitor_and_shuts_nobody_out(visitor: Callable[..., Page], app: App) -> None:
    """Opened in the dark, and when it becomes light."""
    page = visitor(theme="dark")
    show(page, app.url)
    for name, address in PAGES.items():
        page.emulate_media(color_scheme="dark")
        page.get_by_role("link", name=name.capitalize(), exact=True).first.click()
        page.wait_for_url(re.compile(f"{address}([?].*)?$"))
        settled(page)
        assert page.evaluate(LIGHTNESS) < 0.25, name
        assert not (faults := serious_faults(page)), f"{name}, dark: {faults}"
        page.emulate_media(color_scheme="light")
        page.wait_for_function(f"() => ({LIGHTNESS})() > 0.85")
        settled(page)
        assert not (faults := serious_faults(page)), f"{name}, light: {faults}"


def test_a_narrow_screen_scrolls_in_one_direction_only(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW)
    for name, address in PAGES.items():
        show(page, app.url + address)
        assert page.evaluate(OVERFLOWING) == [0, 0], name
        assert page.evaluate(SMALL) == [], name
        expect(page.get_by_test_id("stExpandSidebarButton")).to_match_aria_snapshot("- button: Menu")
    show(page, f"{app.url}{PAGES['playground']}")
    for width in (NARROW["width"], 640, 768, 900):
        page.set_viewport_size({"width": width, "height": NARROW["height"]})
        settled(page)
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 1500)")
        expect(page.locator(".st-key-play button:visible")).to_be_in_viewport()
        assert page.evaluate(OVERFLOWING) == [0, 0], width
        bar, *columns = (page.locator(f".st-key-pg-{part}").bounding_box() for part in ("controls", "data", "middle", "output"))
        assert bar["height"] < 130, width
        assert all(column["width"] > 0.9 * width for column in columns), width


@pytest.mark.parametrize("name", ["home", "explain"])
def test_no_button_is_cut_off_on_a_tablet(page: Page, app: App, name: str) -> None:
    show(page, app.url + PAGES[name])
    for width in (910, 768, 660, 390):
        page.set_viewport_size({"width": width, "height": 1024})
        settled(page)
        assert page.evaluate(CUT) == [], width


def test_the_buttons_of_a_run_have_words_on_a_phone_too(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW)
    show(page, app.url + PAGES["playground"])
    for word in ("Train", "Pause", "Batch", "Epoch", "Stop", "Reset", "Export", "Share"):
        box = page.locator(".st-key-pg-controls button:visible p").get_by_text(word, exact=True).bounding_box()
        assert box is not None, word
        assert box["width"] > 12, word
        assert box["x"] + box["width"] < NARROW["width"], word


def test_the_way_onward_stays_on_the_screen_when_settings_change(page: Page, app: App) -> None:
    spec = experiment("vit_digits", epochs=1, examples=100)
    open_experiment(page, app, spec)
    train_to_the_end(page)
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("2")
    epochs.press("Enter")
    title = page.locator(".st-key-output-title")
    expect(title).to_contain_text("other settings")
    for width in (390, 768, 880, 1010, 1250, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        rights = [button.bounding_box() for button in title.get_by_role("button").all() if button.is_visible()]
        assert len(rights) == 6, width  # of the settings, four pages, and a step taken apart
        assert all(box and box["x"] + box["width"] <= width for box in rights), width
        expect(title.get_by_role("button", name="See its attention").first).to_be_visible()


@pytest.mark.parametrize("preset", ["mlp_784_256_10", "playground_2d"])
def test_nor_does_a_run_on_the_screen(page: Page, app: App, preset: str) -> None:
    open_experiment(page, app, experiment(preset, epochs=2))
    train_to_the_end(page)
    assert not serious_faults(page)
