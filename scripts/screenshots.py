"""Screenshots of every page: light, dark, and on a narrow screen. `python -m scripts.screenshots [FOLDER]`, by default screenshots/.
`python -m scripts.screenshots --cover` takes the README's screenshot instead.

Each visitor first trains the small convolutional network to the end, draws a digit and opens a room, so that the pages have something to
show."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chromium import NARROW, WIDE, chromium, new_context, show
from tests.browser.server import App, running_app
from tests.browser.steps import PAGES, experiment, open_experiment, train_to_the_end
from tests.browser.strokes import draw_digit

LOOKS = {
    "light": {**WIDE, "theme": "light"},
    "dark": {**WIDE, "theme": "dark"},
    "narrow": {**NARROW, "theme": "light"},
}
DIGIT = "3"
COVER = Path("docs/images/playground.png")


def take(browser: Browser, app: App, look: str, folder: Path) -> list[Path]:
    """One screenshot per page, of the whole page."""
    context = new_context(browser, **LOOKS[look])
    page = context.new_page()
    open_experiment(page, app, experiment("small_cnn", epochs=3))
    train_to_the_end(page)
    run = page.url.split("?")[-1]
    paths = []
    for name, path in PAGES.items():
        show(page, f"{app.url}{path}?{run}")
        if name == "draw":
            draw_digit(page, DIGIT)
        if name == "room":
            page.get_by_role("button", name="Open a room").click()
            page.wait_for_selector(".pg-room")
        paths.append(_screenshot(page, folder / f"{name}-{look}.png"))
    context.close()
    return paths


def _screenshot(page: Page, path: Path) -> Path:
    """The whole page: Streamlit scrolls inside the window, so the window is made as high as the page.

    Raises: RuntimeError if the page shows an error of the app."""
    error = page.locator("[data-testid='stException']")
    if error.count():
        raise RuntimeError(f"{page.url}: {error.first.inner_text()}")
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    whole = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, whole)})
    page.wait_for_timeout(800)
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": height})
    return path


def cover(browser: Browser, app: App) -> Path:
    """The playground on a visitor's screen after training on the digits."""
    context = new_context(browser, width=1440, height=960)
    page = context.new_page()
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=12))
    train_to_the_end(page)
    page.wait_for_timeout(800)
    page.screenshot(path=COVER)
    context.close()
    return COVER


def main() -> None:
    if sys.argv[1:] == ["--cover"]:
        with tempfile.TemporaryDirectory() as data, running_app(Path(data)) as app, chromium() as browser:
            print(cover(browser, app))
        return
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running_app(Path(data)) as app, chromium() as browser:
        for look in LOOKS:
            for path in take(browser, app, look, folder):
                print(path, flush=True)


if __name__ == "__main__":
    main()
