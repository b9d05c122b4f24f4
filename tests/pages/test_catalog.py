"""Everything that the menus of the playground offer is picked and trained to the end; what is new in a registry is walked by itself.
`tests/browser/test_catalog.py` does so in a browser, once for each kind of data."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS, Circle, Dataset, Digits8, Images, Shapes
from playground.catalog.layers import LAYERS, Dense, Flatten, Output, ReLU
from playground.catalog.losses import LOSSES, CrossEntropy
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.export.link import to_token
from playground.own import OwnDataset
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.training.declarations import declarations
from playground.web.routes import mounted
from playground.web.server import runs
from tests.catalog.every_layer import NETWORKS
from tests.catalog.tiny_files import downloaded
from tests.pages.controls import wait_for
from tests.pages.reading import ending

SMALL = PRESETS["mlp_784_256_10"].spec.model_copy(
    update={"data": Digits8(train_size=60), "network": (Flatten(), Dense(units=8), ReLU(), Output())}
)


@dataclass(frozen=True)
class Walk:
    """A dataset, and what is picked with it."""

    data: type[Dataset]
    parts: dict[str, type[Variant]]

    def __str__(self) -> str:
        return "-".join([self.data.name(), *(kind.name() for kind in self.parts.values())])


def walks() -> list[Walk]:
    """Every dataset that need not be uploaded, in menu order, and with each the next loss that fits, optimizer and schedule."""
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
def _downloaded_sets_are_there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """In a data folder of this file's own."""
    with downloaded(tmp_path_factory.mktemp("downloaded")):
        yield


@pytest.fixture
def app(visit: Callable[..., AppTest]) -> AppTest:
    return visit("playground", spec=to_token(SMALL))


def ran(app: AppTest) -> None:
    app.run()
    assert not app.exception, app.exception[0].message
    assert not app.error, app.error[0].value


def pick(app: AppTest, path: str, kind: type[Variant]) -> None:
    """From one of the menus of the playground."""
    menu = ending(app.selectbox, f"{path}.kind")
    assert kind.title in menu.options  # type: ignore[attr-defined]
    menu.select(kind.name())  # type: ignore[attr-defined]
    ran(app)


def trained(app: AppTest) -> ExperimentSpec:
    """Trains what is on the page for one epoch. Returns what was trained, once its page and all that is sent for it are seen."""
    ending(app.number_input, "training.epochs").set_value(1)  # type: ignore[attr-defined]
    ran(app)
    app.button(key="play").click()
    ran(app)
    assert wait_for(app, "finished", "stopped", "diverged", "failed", "interrupted") == "finished"
    assert not app.exception, app.exception[0].message
    assert not app.error, app.error[0].value
    address = app.session_state["values"]["run"]
    spec = runs().info(runs().resolve(address).run_id).spec
    assert_sent(address, spec)
    return spec


def assert_sent(address: str, spec: ExperimentSpec) -> None:
    """The browser is sent points of the curves, in JSON that it can read, and every view of the run."""
    with TestClient(Starlette(routes=mounted(""))).websocket_connect(f"/live/{address}") as socket:
        history = json.loads(socket.receive_text(), parse_constant=_no_json)
        assert history["series"]["batch"]["step"]
        assert history["series"]["evaluated"]["step"]
        expected = {view["name"] for view in history["declared"]["views"]}
        socket.send_json({"type": "look", "views": {name: [] for name in expected}})
        views = set[str]()
        while views != expected:
            frame = socket.receive().get("bytes")
            views |= {_view(frame)} if frame else set()
    assert views == {view.name for view in declarations(spec).views}


def _no_json(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def _view(frame: bytes) -> str:
    length = int.from_bytes(frame[:4], "little")
    return str(json.loads(frame[4 : 4 + length], parse_constant=_no_json)["name"])


@pytest.mark.parametrize("walk", WALKS, ids=str)
def test_every_dataset_is_picked_and_trained_each_with_another_loss_optimizer_and_schedule(app: AppTest, walk: Walk) -> None:
    pick(app, "data", walk.data)
    for part, kind in walk.parts.items():
        pick(app, part, kind)
    spec = trained(app)
    assert isinstance(spec.data, walk.data)
    assert {part: type(getattr(spec, part)) for part in walk.parts} == walk.parts


@pytest.mark.parametrize("group", dict.fromkeys(kind.group for kind in AUGMENTATIONS))
def test_every_augmentation_is_put_in_and_trained(app: AppTest, group: str) -> None:
    kinds = [kind for kind in AUGMENTATIONS if kind.group == group]
    pick(app, "data", Circle)  # which takes none: those that were there go
    pick(app, "data", Shapes if any(kind.color_only for kind in kinds) else Digits8)
    pick(app, "loss", CrossEntropy)
    for kind in kinds:
        add = ending(app.button, f"augmentations.add.{kind.name()}")
        assert add.label == kind.title  # type: ignore[attr-defined]
        add.click()  # type: ignore[attr-defined]
        ran(app)
    spec = trained(app)
    assert isinstance(spec.data, Images)
    assert [type(each) for each in spec.data.augmentations] == kinds


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_is_trained(visit: Callable[..., AppTest], name: str) -> None:
    app = visit("playground", spec=to_token(NETWORKS[name]))
    assert trained(app).network == NETWORKS[name].network


def test_no_layer_was_left_out() -> None:
    assert {layer.kind for spec in NETWORKS.values() for layer in spec.network} == set(LAYERS.kinds())


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_opened_and_trained(app: AppTest, name: str) -> None:
    ending(app.button, f"preset.{name}").click()  # type: ignore[attr-defined]
    ran(app)
    ending(app.number_input, "data.train_size").set_value(60)  # type: ignore[attr-defined]
    ran(app)
    wanted = PRESETS[name].spec
    assert trained(app) == wanted.model_copy(
        update={
            "data": wanted.data.model_copy(update={"train_size": 60}),
            "training": wanted.training.model_copy(update={"epochs": 1}),
        }
    )


@pytest.mark.parametrize(("registry", "part"), [(LOSSES, "loss"), (OPTIMIZERS, "optimizer"), (SCHEDULES, "schedule")])
def test_nothing_was_left_out(registry: Registry[Variant], part: str) -> None:
    assert {walk.parts[part].name() for walk in WALKS if part in walk.parts} == set(registry.kinds())
