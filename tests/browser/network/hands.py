"""A network with blocks for the editor's tests, its structure on the screen, and actions from the menu of a card."""

from playwright.sync_api import Locator, Page

from playground.catalog.layers import Dense, Flatten, Output, Parallel, ReLU, Residual, Tanh
from playground.spec import ExperimentSpec
from tests.browser.chromium import settled
from tests.browser.gestures import Hand
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment

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
"""Height of a screen that shows the whole network, in px."""
START = "flatten dense residual(dense relu) parallel(tanh|) output"
STRUCTURE = """() => {
    const chain = (list) => [...list.children].map((step) => step.querySelector(":scope > .pg-card")).filter(Boolean).map((card) => {
        const inner = [...card.querySelectorAll(":scope > .pg-inside > .pg-branches > .pg-branch > .pg-layers")].map(chain);
        return card.dataset.kind + (inner.length ? `(${inner.join("|")})` : "");
    }).join(" ");
    return chain(document.querySelector(".pg-editor > .pg-layers"));
}"""


def structure(page: Page, wanted: str) -> None:
    """Waits until the network on the screen is this: kinds in order, the content of blocks in brackets."""
    page.wait_for_function(f"(wanted) => ({STRUCTURE})() === wanted", arg=wanted)
    settled(page)


def card(page: Page, place: str) -> Locator:
    return page.locator(f'.pg-card[data-path="{place}"]')


def handle(page: Page, place: str) -> Locator:
    return card(page, place).locator("> .pg-row .pg-handle")


def gap(page: Page, place: str) -> Locator:
    return page.locator(f'.pg-gap[data-path="{place}"]')


def opened(page: Page, app: App, spec: ExperimentSpec = SPEC) -> Page:
    open_experiment(page, app, spec)
    page.wait_for_selector(f'.pg-editor[data-layers="{len(spec.network)}"]')
    return page


def undo_all(page: Page, app_start: str = START) -> None:
    """Presses Undo until nothing is left to undo; then the network is the initial one. Several presses go to the page together."""
    settled(page)
    undo = page.get_by_role("button", name="Undo", exact=True)
    while undo.is_enabled():
        undo.evaluate("button => { for (let presses = 0; presses < 4 && !button.disabled; presses++) button.click(); }")
        settled(page)
    structure(page, app_start)


def do(page: Page, place: str, action: str, hand: Hand = "mouse") -> None:
    """Chooses an action from the menu of the card at a path."""
    more = card(page, place).locator("> .pg-row .pg-more-button")
    (more.tap if hand == "finger" else more.click)()
    entry = page.locator(f'.pg-actions-menu [data-action="{action}"]')
    (entry.tap if hand == "finger" else entry.click)()
