"""Every declared metric and view: from training out of the live channel, into the run's files and the store, and through a restart."""

import json
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from math import exp
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
import torch
from sqlalchemy import create_engine, inspect
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from torch import Tensor

from playground.catalog import metrics
from playground.catalog.datasets import Airline, Circle, Curve, Dataset, Digits8, Plane, PythonDocs, Rearranging
from playground.catalog.layers import LAYERS, Dense, Flatten, Output, Tanh
from playground.catalog.losses import BCE, MSE, CrossEntropy, Loss
from playground.catalog.metrics import METRICS, Metric, Part
from playground.catalog.variant import Registry
from playground.commands.training_report import print_progress
from playground.export.card import to_card
from playground.presets import PRESETS
from playground.runs import Runs, RunState
from playground.runs.store import Store
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Evaluated, Finished, declarations, train, views
from playground.training.views import VIEWS, Seen, Values, ViewKind, ViewOfEvaluation, values_of
from playground.web.routes import live, mounted
from tests.runs.experiments import submit, wait_for
from tests.runs.in_this_process import Threads
from tests.runs.kept_executor import KeptExecutor

FORMS = Path(__file__).parents[2] / "assets" / "js" / "views"
_ONE_EPOCH = TrainingSettings(epochs=1, device="cpu")
_NETWORK = (Dense(units=4), Tanh(), Output())
_AUTOENCODER = PRESETS["denoising_autoencoder"].spec
SPECS = {
    "classes in the plane": ExperimentSpec(data=Circle(), network=_NETWORK, loss=BCE(), training=_ONE_EPOCH),
    "values in the plane": ExperimentSpec(data=Plane(), network=_NETWORK, loss=MSE(), training=_ONE_EPOCH),
    "a curve": ExperimentSpec(data=Curve(), network=_NETWORK, loss=MSE(), training=_ONE_EPOCH),
    "classes of images": ExperimentSpec(data=Digits8(), network=(Flatten(), *_NETWORK), loss=CrossEntropy(), training=_ONE_EPOCH),
    "images from images": _AUTOENCODER.model_copy(
        update={"data": _AUTOENCODER.data.model_copy(update={"train_size": 100}), "training": _ONE_EPOCH}
    ),
    "a class at every step": ExperimentSpec(
        data=Rearranging(samples=100), network=(LAYERS["embedding"](width=8), *_NETWORK), loss=CrossEntropy(), training=_ONE_EPOCH
    ),
    "the next symbol": ExperimentSpec(
        data=PythonDocs(stride=512), network=(LAYERS["embedding"](width=8), Output()), loss=CrossEntropy(), training=_ONE_EPOCH
    ),
    "a forecast": ExperimentSpec(data=Airline(), network=(Flatten(), *_NETWORK), loss=MSE(), training=_ONE_EPOCH),
}
EVERY = pytest.mark.parametrize("title", SPECS)


class Shown:
    """What a browser has received of a run."""

    def __init__(self) -> None:
        self.declared: dict[str, Any] = {}
        self.status: dict[str, Any] = {}
        self.series: dict[str, dict[str, list[Any]]] = {}
        self.views: dict[str, tuple[dict[str, Any], np.ndarray]] = {}

    def receive(self, message: dict[str, Any]) -> None:
        if message.get("bytes"):
            frame = message["bytes"]
            (length,) = struct.unpack_from("<I", frame)
            header = json.loads(frame[4 : 4 + length])
            self.views[header["name"]] = (header, np.frombuffer(frame[4 + length :], "<f4").reshape(header["shape"]))
            return
        news = json.loads(message["text"])
        self.status = news["status"]
        if news["type"] == "history":
            self.series, self.declared = news["series"], news["declared"]
            return
        for name, columns in news["series"].items():
            for column, values in columns.items():
                self.series[name][column] += values

    @property
    def complete(self) -> bool:
        """Whether the run has finished and all its views have arrived, as of its last step."""
        steps = {name: header["step"] for name, (header, _) in self.views.items()}
        return self.status["state"] == "finished" and steps == {view["name"]: self.status["step"] for view in self.declared["views"]}


def watched(address: str) -> Shown:
    """A run as a browser sees it, until it has finished."""
    shown = Shown()
    with TestClient(Starlette(routes=mounted(""))).websocket_connect(f"/live/{address}") as socket:
        socket.send_json({"type": "look", "views": {view.name: [] for view in VIEWS}})
        receive_until(socket, shown, lambda: shown.complete)
    return shown


def receive_until(socket: WebSocketTestSession, shown: Shown, done: Callable[[], bool]) -> None:
    shown.receive(dict(socket.receive()))
    while not done():
        shown.receive(dict(socket.receive()))


def as_received(plain: dict[str, Any]) -> dict[str, Any]:
    received: dict[str, Any] = json.loads(json.dumps(plain))
    return received


def test_the_experiments_have_every_metric_and_every_view() -> None:
    declared = [declarations(spec) for spec in SPECS.values()]
    assert {metric.name for each in declared for metric in each.metrics} == set(METRICS.kinds())
    assert {view.name for each in declared for view in each.views} == {view.name for view in VIEWS}


@pytest.fixture(scope="module")
def executor() -> Iterator[KeptExecutor]:
    kept = KeptExecutor()
    yield kept
    kept.end()


@EVERY
def test_metrics_and_views_reach_the_browser_live_and_after_a_restart(
    title: str, executor: KeptExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, declared = SPECS[title], declarations(SPECS[title])
    runs = Runs(tmp_path, parallel=1, executor=executor)
    monkeypatch.setattr(live, "runs", lambda: runs)
    try:
        run_id = submit(runs, spec)
        lively = watched(run_id)
        wait_for(runs, run_id, RunState.FINISHED)
    finally:
        runs.close()
    assert lively.declared == as_received(declared.plain)
    assert set(lively.series["evaluated"]) == {"step", "epoch", "seconds", *declared.columns}
    assert set(lively.series["batch"]) == {"step", "epoch", "seconds", "train_loss"}
    for name in declared.columns:
        assert lively.series["evaluated"][name][-1] == lively.status[name]
    for name, (header, values) in lively.views.items():
        view = declared.view(name)
        assert view is not None
        assert (header["classes"], header.get("bounds")) == (list(view.classes), None if view.bounds is None else list(view.bounds))
        assert values.dtype == np.float32

    lines = [json.loads(line) for line in (tmp_path / "runs" / run_id / "metrics.jsonl").read_text().splitlines()]
    assert {name: lines[0][name] for name in ("metrics", "views")} == lively.declared
    for line in (lines[-1], *(line for line in lines if line["event"] == "evaluated")):
        assert set(declared.columns) <= line.keys()
    assert {name: lines[-1][name] for name in declared.columns} == pytest.approx({name: lively.status[name] for name in declared.columns})

    assert restarted(tmp_path, monkeypatch, run_id) == seen_by(lively)
    forget_declarations(tmp_path)  # as in a database of an earlier version
    assert restarted(tmp_path, monkeypatch, run_id) == seen_by(lively)


def restarted(folder: Path, monkeypatch: pytest.MonkeyPatch, run_id: str) -> dict[str, Any]:
    """The run as a browser sees it after the server was started again."""
    again = Runs(folder, parallel=1)
    monkeypatch.setattr(live, "runs", lambda: again)
    try:
        return seen_by(watched(run_id))
    finally:
        again.close()


def seen_by(shown: Shown) -> dict[str, Any]:
    """What must be the same, live and stored."""
    pictures = {name: (header, values.tobytes()) for name, (header, values) in shown.views.items()}  # NaN differs from itself
    return {"declared": shown.declared, "series": shown.series, "status": shown.status, "views": pictures}


def forget_declarations(folder: Path) -> None:
    """Removes from the database what earlier versions did not store."""
    with sqlite3.connect(folder / "playground.db") as database:
        for run_id, part, content in database.execute("SELECT run_id, part, series FROM run_metrics").fetchall():
            series = json.loads(zlib.decompress(content))
            series.pop("declared", None)
            stored = zlib.compress(json.dumps(series).encode())
            database.execute("UPDATE run_metrics SET series = ? WHERE run_id = ? AND part = ?", (stored, run_id, part))
    database.close()


def test_names_fit_into_their_column(tmp_path: Path) -> None:
    """SQLite stores longer names all the same, PostgreSQL refuses them."""
    Store(f"sqlite:///{tmp_path / 'runs.db'}").close()
    columns = inspect(create_engine(f"sqlite:///{tmp_path / 'runs.db'}")).get_columns("run_views")
    (width,) = (column["type"].length for column in columns if column["name"] == "name")
    assert max(len(view.name) for view in VIEWS) <= width


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_view_has_a_form_that_the_page_knows(view: type[ViewKind]) -> None:
    assert (FORMS / f"{view.form}.js").is_file()


class Surprise(Metric):
    """A metric of this test only: the exponential of the loss."""

    title: ClassVar[str] = "Surprise"
    source: ClassVar[str] = "Shannon 1948"
    chart: ClassVar[str] = "surprise"

    kind: Literal["surprise"] = "surprise"

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        return True

    def measure(self, part: Part) -> Tensor:
        return torch.stack([part.loss * len(part.outputs), part.loss.new_tensor(len(part.outputs))])

    def result(self, parts: Tensor, sizes: object) -> float:
        total, examples = parts.sum(dim=0).tolist()
        return exp(total / examples)


class Confidence(ViewOfEvaluation):
    """A view of this test only: raw outputs against targets."""

    name: ClassVar[str] = "confidence"
    title: ClassVar[str] = "Outputs and targets"
    tab: ClassVar[str] = "outputs"
    form: ClassVar[str] = "scatter"
    axes: ClassVar[tuple[str, ...]] = ("target", "output")

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return True

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Every dot is a test example."

    def compute(self, seen: Seen) -> Values:
        return values_of(torch.stack([seen.truth.to(torch.float32), seen.outputs[:, 0]], dim=1))


@pytest.fixture
def thrown_away(monkeypatch: pytest.MonkeyPatch) -> ExperimentSpec:
    """Registers the metric and the view above, and nothing else."""
    monkeypatch.setattr(metrics, "METRICS", Registry("metric", *METRICS, Surprise))
    monkeypatch.setattr(views, "VIEWS", (*VIEWS, Confidence))
    return SPECS["classes in the plane"]


def test_a_new_metric_and_a_new_view_need_no_other_change(
    thrown_away: ExperimentSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(tmp_path, parallel=1, executor=Threads())
    monkeypatch.setattr(live, "runs", lambda: runs)
    try:
        run_id = submit(runs, thrown_away)
        lively = watched(run_id)
    finally:
        runs.close()
    assert [metric["name"] for metric in lively.declared["metrics"]] == ["loss", "accuracy", "surprise"]
    names = [view.name for view in VIEWS if view.applies(thrown_away)]
    assert [view["name"] for view in lively.declared["views"]] == [*names, "confidence"]
    for split in ("train", "test"):
        for loss, surprise in zip(*(lively.series["evaluated"][f"{split}_{name}"] for name in ("loss", "surprise")), strict=True):
            assert surprise == pytest.approx(exp(loss), rel=1e-5)
    assert lively.status["test_surprise"] == lively.series["evaluated"]["test_surprise"][-1]
    test = thrown_away.data.load().test
    header, values = lively.views["confidence"]
    assert header["shape"] == [len(test), 2]
    assert np.array_equal(values[:, 0], test.targets)

    last = json.loads((tmp_path / "runs" / run_id / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["test_surprise"] == pytest.approx(exp(last["test_loss"]), rel=1e-5)
    monkeypatch.undo()  # a version that has neither of them shows what is stored
    assert restarted(tmp_path, monkeypatch, run_id) == seen_by(lively)


def test_a_new_metric_is_printed_and_stands_in_the_card(thrown_away: ExperimentSpec, capsys: pytest.CaptureFixture[str]) -> None:
    events = list(train(thrown_away))
    last = events[-1]
    assert isinstance(last, Finished)
    print_progress(iter(events))
    expected = f"test loss {last.test_loss:.4f}, test accuracy {last.test_accuracy:.2%}, test surprise {last.test['surprise']:.4f}"
    assert expected in capsys.readouterr().out
    assert [event.test["surprise"] for event in events if isinstance(event, Evaluated)][-1] == last.test["surprise"]
    snapshot = next(event for event in reversed(events) if hasattr(event, "tensors"))
    assert f"| Test surprise | {last.test['surprise']:.4g} |" in to_card(thrown_away, snapshot.tensors)
