"""What a user does in the app; shared by tests, screenshots and benchmarks."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.browser.chromium import settled, show
from tests.browser.server import App

PAGES = {
    "home": "/",
    "data": "/data",
    "playground": "/playground",
    "runs": "/runs",
    "room": "/room",
    "draw": "/draw",
    "predict": "/predict",
    "explain": "/explain",
    "attention": "/attention",
}
OVER = ("finished", "stopped", "diverged", "failed", "refused", "interrupted")
POLL_MS = 100
"""How often to look for what a run changes. Looking in every frame, or by `expect`, which describes the whole element each time, takes more
of the processor than what is waited for."""


def experiment(preset: str, *, examples: int | None = None, **training: Any) -> ExperimentSpec:
    """A preset with changed training settings: `experiment("small_cnn", epochs=2)`. examples: size of the training split."""
    spec = PRESETS[preset].spec
    data = spec.data.model_copy(update={"train_size": examples}) if examples else spec.data
    return spec.model_copy(update={"data": data, "training": spec.training.model_copy(update=training)})


def open_experiment(page: Page, app: App, spec: ExperimentSpec) -> None:
    """Opens the playground with an experiment from a share link."""
    show(page, f"{app.url}/playground?spec={to_token(spec)}")


def press(page: Page, key: str) -> None:
    """Clicks a control by name: play, pause, step, stop, reset."""
    page.locator(f".st-key-{key} button:visible").first.click()


def chart(page: Page) -> Locator:
    return page.locator(".pg-live-chart")


def number(page: Page, name: str) -> int:
    """A number reported by the chart: points, step, frames."""
    return int(float(chart(page).get_attribute(f"data-{name}") or 0))


def wait_for_points(page: Page, least: int = 1, seconds: float = 20) -> None:
    page.wait_for_function(
        "least => Number(document.querySelector('.pg-live-chart')?.dataset.points ?? 0) >= least",
        arg=least,
        timeout=seconds * 1000,
        polling=POLL_MS,
    )


def wait_for_state(page: Page, *states: str, seconds: float = 30) -> None:
    """Waits until the run on the screen is in one of these states."""
    try:
        page.wait_for_function(
            "states => states.includes(document.querySelector('.pg-live-chart')?.dataset.state)",
            arg=states,
            timeout=seconds * 1000,
            polling=POLL_MS,
        )
    except PlaywrightTimeout:  # says what it is instead
        expect(chart(page)).to_have_attribute("data-state", re.compile(f"^({'|'.join(states)})$"), timeout=1000)


def train(page: Page, seconds: float = 30) -> None:
    """Starts training and waits until points are drawn."""
    press(page, "play")
    wait_for_points(page, seconds=seconds)


def train_to_the_end(page: Page, seconds: float = 60) -> None:
    train(page)
    wait_for_state(page, *OVER, seconds=seconds)
    settled(page)
