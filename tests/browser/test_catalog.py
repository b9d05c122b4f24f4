"""Whatever can be picked is picked and trained as a visitor does it, once for each kind of data. `tests/pages/test_catalog.py` does so with
every entry of every registry, without a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS, Dataset, Digits8, Images, Wine
from playground.catalog.layers import LAYERS, Dense, Flatten, Output, ReLU
from playground.catalog.losses import Focal
from playground.catalog.optimizers import RMSprop
from playground.catalog.schedules import Warmup
from playground.catalog.variant import Variant
from playground.opening import load_spec
from playground.own import OwnDataset
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.browser import test_data as brought
from tests.browser.chromium import Watch, new_context, settled
from tests.browser.errors import no_errors
from tests.browser.server import App
from tests.browser.steps import OVER, chart, experiment, number, open_experiment, press, wait_for_state
from tests.catalog.every_layer import NETWORKS
from tests.catalog.tiny_files import downloaded

SMALL = experiment("mlp_784_256_10", epochs=1).model_copy(
    update={"data": Digits8(train_size=60), "network": (Flatten(), Dense(units=8), ReLU(), Output())}
)
BROUGHT = {
    "own_table": brought.test_a_table_is_looked_at_and_learned,
    "own_text": brought.test_sentences_are_read_word_by_word_and_learned,
    "own_corpus": brought.test_pasted_text_and_a_series_are_learned,
    "own_series": brought.test_pasted_text_and_a_series_are_learned,
    "own_images": brought.test_a_zip_of_images_is_learned,
    "own_points": brought.test_points_are_put_with_the_mouse_and_learned,
    "own_digits": brought.test_two_drawn_digits_are_learned,
}
"""The tests that upload a dataset of each kind and train on it."""
PATIENCE_MS = 60_000


def of_each_kind() -> list[type[Dataset]]:
    """The last dataset in the menu of each encoding and task: what is drawn of a run, and how, follows from these."""
    kinds = {}
    for data in DATASETS:
        if not issubclass(data, OwnDataset):
            kinds[type(data().encoding), data().task.name()] = data
    return list(kinds.values())


@pytest.fixture(scope="module", autouse=True)
def _downloaded_sets_are_there(app: App) -> None:
    """In the server's data folder."""
    with downloaded(app.log.parent):
        pass


@pytest.fixture(scope="module")
def watched(browser: Browser, app: App) -> Iterator[tuple[Page, Watch]]:
    """One visitor for the whole file."""
    page = new_context(browser).new_page()
    page.set_default_timeout(PATIENCE_MS)
    watch = Watch(page)
    open_experiment(page, app, SMALL)
    yield page, watch
    page.context.close()


@pytest.fixture
def page(watched: tuple[Page, Watch], app: App) -> Iterator[Page]:
    """That visitor's page; nothing may go wrong in it during a test, nor in the server."""
    page, watch = watched
    if not page.locator(".st-key-pg-controls").count():  # a test that failed elsewhere
        open_experiment(page, app, SMALL)
    with no_errors(app, [watch]):
        yield page


def widget(page: Page, path: str) -> str:
    """The class of the widget at a place of the spec, which another revision of the page replaces."""
    found = page.locator(f"[class*='-{path}']").first.get_attribute("class") or ""
    return next(name for name in found.split() if name.startswith("st-key-") and name.endswith(f"-{path}"))


def replaced(page: Page, key: str) -> None:
    """The page shows the spec again, after an edit."""
    page.wait_for_selector(f".{key}", state="detached", timeout=PATIENCE_MS)


def pick(page: Page, path: str, kind: type[Variant]) -> None:
    """From one of the menus of the playground."""
    key = widget(page, f"{path}-kind")
    menu = page.locator(f".{key} input")
    if menu.input_value() != kind.title:
        menu.click()
        menu.fill(kind.title)
        page.get_by_role("option", name=kind.title, exact=True).click()
        replaced(page, key)
    expect(page.locator(f".{widget(page, f'{path}-kind')} input")).to_have_value(kind.title)


def enter(page: Page, path: str, value: int) -> None:
    """A number into its field."""
    field = page.locator(f".{widget(page, path)} input")
    field.fill(str(value))
    field.press("Enter")


def trained(page: Page, app: App) -> ExperimentSpec:
    """Trains what is on the screen for one epoch. Returns what was trained, as the run's directory has it."""
    field = page.locator(f".{widget(page, 'training-epochs')} input")
    if field.input_value() != "1":  # epochs follow the amount of data
        enter(page, "training-epochs", 1)
    before = chart(page).get_attribute("data-run") or ""
    press(page, "play")
    page.wait_for_selector(f".pg-live-chart:not([data-run='{before}'])", timeout=PATIENCE_MS)
    wait_for_state(page, *OVER, seconds=PATIENCE_MS / 1000)
    page.wait_for_selector(".st-key-stop button:visible:disabled", timeout=PATIENCE_MS)  # the page knows that it is over
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    for wrong in ("stException", "stAlertContentError"):
        assert not (found := page.locator(f"[data-testid='{wrong}']")).count(), found.first.inner_text()
    assert chart(page).get_attribute("data-state") == "finished"
    assert number(page, "points") > 0
    return load_spec(max(app.log.parent.glob("runs/*/spec.json"), key=lambda file: file.stat().st_mtime_ns))


@pytest.mark.parametrize("data", of_each_kind(), ids=lambda data: data.name())
def test_a_dataset_of_each_kind_is_picked_and_trained(page: Page, app: App, data: type[Dataset]) -> None:
    pick(page, "data", data)
    assert isinstance(trained(page, app).data, data)


def test_another_loss_optimizer_and_schedule_are_picked_and_trained(page: Page, app: App) -> None:
    open_experiment(page, app, SMALL)
    chosen = {"loss": Focal, "optimizer": RMSprop, "schedule": Warmup}
    for part, kind in chosen.items():
        pick(page, part, kind)
    spec = trained(page, app)
    assert {part: type(getattr(spec, part)) for part in chosen} == chosen


def test_a_dataset_is_trained_from_its_card_on_the_page_of_data(page: Page, app: App) -> None:
    page.get_by_role("link", name="Data", exact=True).first.click()
    press(page, f"train_{Wine.name()}")
    page.wait_for_selector(".st-key-pg-controls")
    settled(page)
    assert isinstance(trained(page, app).data, Wine)


def test_augmentations_are_put_in_and_trained(page: Page, app: App) -> None:
    """Those that mix images and their targets."""
    kinds = [kind for kind in AUGMENTATIONS if kind.group == "Mixing"]
    pick(page, "data", Digits8)
    for kind in kinds:
        key = widget(page, "data-kind")
        page.locator(f".{widget(page, 'augmentations-add')} button").first.click()
        page.get_by_role("button", name=kind.title, exact=True).click()
        replaced(page, key)
    spec = trained(page, app)
    assert isinstance(spec.data, Images)
    assert [type(each) for each in spec.data.augmentations] == kinds


def test_the_menu_of_layers_has_them_all(page: Page, app: App) -> None:
    switch = page.get_by_role("switch", name="Advanced")
    if not switch.is_checked():
        switch.click()
    page.locator(".pg-editor .pg-gap > button").first.click()
    options = page.locator(".pg-editor .pg-menu .pg-option")
    shown = options.evaluate_all("options => options.map((one) => [one.dataset.kind, one.querySelector('.pg-option-title').innerText])")
    assert dict(shown) == {kind.name(): kind.title for kind in LAYERS}
    page.keyboard.press("Escape")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_is_drawn(page: Page, app: App, name: str) -> None:
    open_experiment(page, app, NETWORKS[name])
    cards = page.locator(".pg-editor > .pg-layers > .pg-step > .pg-card > .pg-row .pg-title")
    expect(cards).to_have_text([layer.title for layer in NETWORKS[name].network])
    assert not page.locator(".pg-editor .pg-field-error:visible").count()


def test_a_preset_is_opened_and_trained(page: Page, app: App) -> None:
    wanted = PRESETS["inception_block"]
    key = widget(page, "data-kind")
    page.locator(f".{widget(page, 'presets')} button").first.click()
    page.get_by_role("button", name=f"{wanted.title} {wanted.help}", exact=True).click()
    replaced(page, key)
    page.get_by_text("Size, balance, noise").click()
    enter(page, "data-train_size", 60)
    spec = trained(page, app)
    assert spec == wanted.spec.model_copy(
        update={
            "data": wanted.spec.data.model_copy(update={"train_size": 60}),
            "training": wanted.spec.training.model_copy(update={"epochs": 1}),
        }
    ).computed_with(1, "contiguous")


def test_all_uploads_are_trained_on() -> None:
    assert BROUGHT.keys() == {kind.name() for kind in DATASETS if issubclass(kind, OwnDataset)}
