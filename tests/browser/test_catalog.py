"""Whatever can be picked is picked as a visitor picks it, and trained to the end; what is new in a registry is walked by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS, Circle, Data, Dataset, Digits8, Downloaded, Images, Sentences, Shapes, Split, Wine
from playground.catalog.datasets.array_cache import cached
from playground.catalog.layers import LAYERS, Dense, Flatten, Layer, Output, ReLU
from playground.catalog.losses import LOSSES, CrossEntropy
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.opening import load_spec
from playground.own import OwnDataset
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.browser import test_data as brought
from tests.browser.chromium import Watch, new_context, settled
from tests.browser.errors import no_errors
from tests.browser.network.hands import card
from tests.browser.server import App
from tests.browser.steps import OVER, chart, experiment, number, open_experiment, press, wait_for_state
from tests.catalog.tiny_files import TRAINS, examples
from tests.tensors import tensor_of

SMALL = experiment("mlp_784_256_10", epochs=1).model_copy(
    update={"data": Digits8(train_size=60), "network": (Flatten(), Dense(units=8), ReLU(), Output())}
)
FRAME = ("to_sequence", "reshape", "global_avg_pool2d", "flatten", "output")
"""Layers that are put in before all others, the last first: a sequence, then maps, then a vector, so that there is a place for each."""
AFTER = {"output": tensor_of(8), "global_avg_pool2d": tensor_of(1, 8, 8), "reshape": tensor_of(64, 1)}
"""Layers of the frame, with an input of the same axes: layers that take such an input are put in before them."""
TURNS = (("patches", "lstm"), ("to_sequence", "gru"), ("to_sequence", "rnn"), ("embedding", "sequence_pool"))
"""A layer that makes a sequence, and one that makes a vector of it: in one network with all others, they would take the axes those need."""
BROUGHT = {
    "own_table": brought.test_a_table_is_looked_at_and_learned,
    "own_text": brought.test_sentences_are_read_word_by_word_and_learned,
    "own_corpus": brought.test_pasted_text_and_a_series_are_learned,
    "own_series": brought.test_pasted_text_and_a_series_are_learned,
    "own_images": brought.test_a_zip_of_images_is_learned,
    "own_points": brought.test_points_are_put_with_the_mouse_and_learned,
    "own_digits": brought.test_two_drawn_digits_are_learned,
}
"""The tests that bring a dataset of each kind and train on it."""
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Walk:
    """A dataset, and what is picked with it."""

    data: type[Dataset]
    parts: dict[str, type[Variant]]

    def __str__(self) -> str:
        return "-".join([self.data.name(), *(kind.name() for kind in self.parts.values())])


def walks() -> list[Walk]:
    """Every dataset that need not be brought, in menu order, and with each the next loss that fits, optimizer and schedule."""
    waiting: dict[str, list[type[Variant]]] = {"loss": [*LOSSES], "optimizer": [*OPTIMIZERS], "schedule": [*SCHEDULES]}
    found = []
    for data in DATASETS:
        if issubclass(data, OwnDataset):
            continue
        task, parts = data().task.name(), {}
        for part, kinds in waiting.items():
            fitting = [kind for kind in kinds if part != "loss" or task in kind.tasks]  # type: ignore[attr-defined]
            if fitting:
                parts[part] = fitting[0]
                kinds.remove(fitting[0])
        found.append(Walk(data, parts))
    return found


WALKS = walks()


@pytest.fixture(scope="module", autouse=True)
def _downloaded_sets_are_there(app: App) -> None:
    """In the server's data folder, as a download leaves them, with a hundred images each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(app.log.parent))
        for kind in DATASETS:
            if issubclass(kind, Downloaded):
                images, classes = examples(kind)
                train, test = (Split(images[part], classes[part]) for part in (slice(TRAINS), slice(TRAINS, None)))
                cached(kind.name(), "; ".join(file.checksum for file in kind.needs.files), partial(Data, train, test))


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
    expect(page.locator(f".{key}")).to_have_count(0, timeout=PATIENCE_MS)


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
    expect(chart(page)).not_to_have_attribute("data-run", before, timeout=PATIENCE_MS)
    wait_for_state(page, OVER, PATIENCE_MS / 1000)
    expect(page.locator(".st-key-stop button:visible").first).to_be_disabled(timeout=PATIENCE_MS)  # the page knows that it is over
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    for wrong in ("stException", "stAlertContentError"):
        assert not (found := page.locator(f"[data-testid='{wrong}']")).count(), found.first.inner_text()
    assert chart(page).get_attribute("data-state") == "finished"
    assert number(page, "points") > 0
    return load_spec(max(app.log.parent.glob("runs/*/spec.json"), key=lambda file: file.stat().st_mtime_ns))


@pytest.mark.parametrize("walk", WALKS, ids=str)
def test_every_dataset_is_picked_and_trained_each_with_another_loss_optimizer_and_schedule(page: Page, app: App, walk: Walk) -> None:
    pick(page, "data", walk.data)
    for part, kind in walk.parts.items():
        pick(page, part, kind)
    spec = trained(page, app)
    assert isinstance(spec.data, walk.data)
    assert {part: type(getattr(spec, part)) for part in walk.parts} == walk.parts


def test_a_dataset_is_trained_from_its_card_on_the_page_of_data(page: Page, app: App) -> None:
    page.get_by_role("link", name="Data", exact=True).first.click()
    press(page, f"train_{Wine.name()}")
    page.wait_for_selector(".st-key-pg-controls")
    settled(page)
    assert isinstance(trained(page, app).data, Wine)


@pytest.mark.parametrize("group", dict.fromkeys(kind.group for kind in AUGMENTATIONS))
def test_every_augmentation_is_put_in_and_trained(page: Page, app: App, group: str) -> None:
    kinds = [kind for kind in AUGMENTATIONS if kind.group == group]
    pick(page, "data", Circle)  # which takes none: those that were there go
    pick(page, "data", Shapes if any(kind.color_only for kind in kinds) else Digits8)
    pick(page, "loss", CrossEntropy)
    for kind in kinds:
        key = widget(page, "data-kind")
        page.locator(f".{widget(page, 'augmentations-add')} button").first.click()
        page.get_by_role("button", name=kind.title, exact=True).click()
        replaced(page, key)
    spec = trained(page, app)
    assert isinstance(spec.data, Images)
    assert [type(each) for each in spec.data.augmentations] == kinds


def test_every_layer_is_put_in_and_trained(page: Page, app: App) -> None:
    open_experiment(page, app, SMALL.model_copy(update={"network": ()}))
    show_all(page)
    kinds: list[str] = []
    for name in reversed(FRAME):
        put_in(page, LAYERS[name], 0)
        kinds.insert(0, name)
    alone = {name for pair in TURNS for name in pair} - set(FRAME)
    for kind in (kind for kind in LAYERS if kind.name() not in {*FRAME, *alone}):
        place = kinds.index(next(name for name, x in AFTER.items() if kind.fits(x)))
        put_in(page, kind, place)
        kinds.insert(place, kind.name())
    spec = trained(page, app)
    assert [layer.kind for layer in spec.network] == kinds
    assert {*kinds, *alone} == set(LAYERS.kinds())


@pytest.mark.parametrize(("makes", "ends"), TURNS)
def test_every_layer_that_makes_or_ends_a_sequence_is_put_in_and_trained(page: Page, app: App, makes: str, ends: str) -> None:
    data = Sentences(train_size=60) if LAYERS[makes].takes_symbols else SMALL.data
    open_experiment(page, app, SMALL.model_copy(update={"data": data, "network": (Output(),)}))
    show_all(page)
    for name in (ends, makes):
        put_in(page, LAYERS[name], 0)
    assert [layer.kind for layer in trained(page, app).network] == [makes, ends, "output"]


def show_all(page: Page) -> None:
    """Switches to the menu that has all layers. The browser remembers it."""
    switch = page.get_by_role("switch", name="Advanced")
    if not switch.is_checked():
        switch.click()


def put_in(page: Page, kind: type[Layer], place: int) -> None:
    """From the menu that opens before the layer at a place."""
    count = page.locator(".pg-network > .pg-layers > .pg-step > .pg-card").count()
    page.locator(".pg-network > .pg-layers > .pg-step > .pg-gap > button").nth(place).click()
    page.locator(f".pg-network .pg-menu [data-kind={kind.name()}]").click()
    expect(page.locator(".pg-network > .pg-layers > .pg-step > .pg-card")).to_have_count(count + 1)
    expect(card(page, f"network[{place}]").locator("> .pg-row .pg-title")).to_have_text(kind.title)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_opened_and_trained(page: Page, app: App, name: str) -> None:
    key = widget(page, "data-kind")
    page.locator(f".{widget(page, 'presets')} button").first.click()
    page.get_by_role("button", name=f"{PRESETS[name].title} {PRESETS[name].help}", exact=True).click()
    replaced(page, key)
    page.get_by_text("Size, balance, noise").click()
    enter(page, "data-train_size", 60)
    spec = trained(page, app)
    wanted = PRESETS[name].spec
    assert spec == wanted.model_copy(
        update={
            "data": wanted.data.model_copy(update={"train_size": 60}),
            "training": wanted.training.model_copy(update={"epochs": 1}),
        }
    )


@pytest.mark.parametrize(("registry", "part"), [(LOSSES, "loss"), (OPTIMIZERS, "optimizer"), (SCHEDULES, "schedule")])
def test_nothing_was_left_out(registry: Registry[Variant], part: str) -> None:
    assert {walk.parts[part].name() for walk in WALKS if part in walk.parts} == set(registry.kinds())


def test_every_dataset_is_walked_here_or_brought_there() -> None:
    assert {walk.data.name() for walk in WALKS} | BROUGHT.keys() == set(DATASETS.kinds())
