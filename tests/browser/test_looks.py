"""Every page as it looks: light and dark, on a narrow screen, and to those who do not see it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import NARROW, show
from tests.browser.server import App
from tests.browser.steps import PAGES, experiment, open_experiment, train_to_the_end

LIGHTNESS = """() => {
    const colour = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_follows_the_theme_of_the_visitor(visitor: Callable[..., Page], app: App, name: str) -> None:
    light, dark = visitor(theme="light"), visitor(theme="dark")
    show(light, app.url + PAGES[name])
    show(dark, app.url + PAGES[name])
    assert light.evaluate(LIGHTNESS) > 0.85
    assert dark.evaluate(LIGHTNESS) < 0.25


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_scrolls_in_one_direction_only(visitor: Callable[..., Page], app: App, name: str) -> None:
    page = visitor(**NARROW)
    show(page, app.url + PAGES[name])
    wider = page.evaluate("""() => {
        const main = document.querySelector('[data-testid=stMain]');
        return [document.documentElement, main].map((element) => element.scrollWidth - element.clientWidth);
    }""")
    assert wider == [0, 0]


def serious_faults(page: Page) -> str:
    """What axe finds that keeps people out, with the elements; empty where it finds nothing."""
    violations = [each for each in Axe().run(page).response["violations"] if each["impact"] in ("serious", "critical")]
    return "\n".join(
        f"{violation['id']}: {violation['help']}\n" + "\n".join(f"    {node['html'][:300]}" for node in violation["nodes"])
        for violation in violations
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_shuts_out_who_cannot_see_it(visitor: Callable[..., Page], app: App, name: str, theme: str) -> None:
    page = visitor(theme=theme)
    show(page, app.url + PAGES[name])
    assert not serious_faults(page)


@pytest.mark.parametrize("preset", ["mlp_784_256_10", "playground_2d"])
def test_nor_does_a_run_on_the_screen(page: Page, app: App, preset: str) -> None:
    open_experiment(page, app, experiment(preset, epochs=2))
    train_to_the_end(page)
    assert not serious_faults(page)
