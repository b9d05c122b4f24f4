"""How every page looks: light, dark, on a narrow screen, and to a screen reader."""

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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_follows_the_theme_of_the_visitor_and_shuts_nobody_out(visitor: Callable[..., Page], app: App, theme: str) -> None:
    page = visitor(theme=theme)
    for name, address in PAGES.items():
        show(page, app.url + address)
        lightness = page.evaluate(LIGHTNESS)
        assert lightness > 0.85 if theme == "light" else lightness < 0.25, name
        assert not (faults := serious_faults(page)), f"{name}: {faults}"


def test_a_narrow_screen_scrolls_in_one_direction_only(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW)
    for name, address in PAGES.items():
        show(page, app.url + address)
        assert page.evaluate(OVERFLOWING) == [0, 0], name
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
    page.set_viewport_size(NARROW)


@pytest.mark.parametrize("preset", ["mlp_784_256_10", "playground_2d"])
def test_nor_does_a_run_on_the_screen(page: Page, app: App, preset: str) -> None:
    open_experiment(page, app, experiment(preset, epochs=2))
    train_to_the_end(page)
    assert not serious_faults(page)
