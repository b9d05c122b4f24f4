"""Every view of a run, from training into the store, through a restart of the server, and out of the live channel."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, inspect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.catalog.datasets import Circle, Curve
from playground.catalog.layers import Dense, Output, Tanh
from playground.catalog.losses import BCE, MSE
from playground.presets import PRESETS
from playground.runs import Runs, RunState
from playground.runs.store import Store
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import VIEW_NAMES
from playground.web.panels.output import _views as views_of_the_page
from playground.web.routes import live, mounted
from tests.runs.experiments import submit, wait_for

_ONE_EPOCH = TrainingSettings(epochs=1, device="cpu")
_NETWORK = (Dense(units=4), Tanh(), Output())
EXPECTED = {
    "classes in the plane": {"confusion", "boundary"},
    "a curve": {"curve", "fit"},
    "images from images": {"reconstruction"},
}
SPECS = {
    "classes in the plane": ExperimentSpec(data=Circle(), network=_NETWORK, loss=BCE(), training=_ONE_EPOCH),
    "a curve": ExperimentSpec(data=Curve(), network=_NETWORK, loss=MSE(), training=_ONE_EPOCH),
    "images from images": PRESETS["denoising_autoencoder"].spec.model_copy(
        update={"data": PRESETS["denoising_autoencoder"].spec.data.model_copy(update={"train_size": 100}), "training": _ONE_EPOCH}
    ),
}


def received(control: str, count: int) -> dict[str, tuple[dict[str, object], np.ndarray]]:
    """The first `count` binary frames of the live channel, by name."""
    frames = {}
    with TestClient(Starlette(routes=mounted(""))).websocket_connect(f"/live/{control}") as socket:
        socket.receive_json()
        for _ in range(count):
            frame = socket.receive_bytes()
            (length,) = struct.unpack_from("<I", frame)
            header = json.loads(frame[4 : 4 + length])
            frames[header["name"]] = (header, np.frombuffer(frame[4 + length :], "<f4").reshape(header["shape"]))
    return frames


def test_every_view_survives_a_restart_and_reaches_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(tmp_path, parallel=2)
    try:
        ids = {title: submit(runs, spec) for title, spec in SPECS.items()}
        for run_id in ids.values():
            wait_for(runs, run_id, RunState.FINISHED)
        made = {title: runs.timeline(run_id).views for title, run_id in ids.items()}
    finally:
        runs.close()
    assert {title: set(views) for title, views in made.items()} == EXPECTED
    assert set().union(*EXPECTED.values()) == set(VIEW_NAMES)

    restarted = Runs(tmp_path, parallel=1)
    monkeypatch.setattr(live, "runs", lambda: restarted)
    try:
        for title, views in made.items():
            frames = received(ids[title], len(views))
            assert frames.keys() == views.keys()
            for name, (header, values) in frames.items():
                assert header["step"] == views[name].step
                np.testing.assert_array_equal(values, views[name].values)
                assert ("bounds" in header) == (name in ("boundary", "curve"))
    finally:
        restarted.close()


@pytest.mark.parametrize("title", SPECS)
def test_the_page_shows_views_that_the_run_makes(title: str) -> None:
    shown = views_of_the_page(SPECS[title])
    assert shown
    assert set(shown) <= EXPECTED[title]


def test_names_fit_into_their_column(tmp_path: Path) -> None:
    """SQLite stores longer names all the same, PostgreSQL refuses them."""
    Store(f"sqlite:///{tmp_path / 'runs.db'}").close()
    columns = inspect(create_engine(f"sqlite:///{tmp_path / 'runs.db'}")).get_columns("run_views")
    (width,) = (column["type"].length for column in columns if column["name"] == "name")
    assert max(map(len, VIEW_NAMES)) <= width
