"""Looking back at a run: what the socket sends of a moment is what training showed at that moment."""

import asyncio
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.runs import RunNotFound, history
from playground.runs.checkpoints import packed_checkpoint
from playground.runs.directory import SNAPSHOT, WEIGHTS, RunDirectory
from playground.runs.messages import Checkpointed
from playground.runs.run_files import RunFiles
from playground.runs.thinning import finite
from playground.runs.timeline import Timeline
from playground.runs.worker import Snapshots
from playground.training import Checkpoint, Control, Evaluated, Event, Snapshot, View, declarations, train
from playground.web import replays, server
from playground.web.routes import rewind
from tests.runs.experiments import circle
from tests.training.specs import of_kind

SPEC = circle(epochs=3)


class OneRun:
    """What is used of the runs, with one run in it."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.timeline_ = directory, Timeline(declared=declarations(SPEC))
        self.state, self.exists = "finished", True

    def resolve(self, address: str) -> Any:
        if address != "mine" or not self.exists:
            raise RunNotFound
        return SimpleNamespace(run_id=str(self.directory), control=False)

    def files(self, run_id: str) -> Path:
        return self.directory

    def status(self, run_id: str) -> dict[str, Any]:
        return {"state": self.state, "step": 75}

    def timeline(self, run_id: str) -> Timeline:
        return self.timeline_


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Those of a run, step by step."""
    return list(train(SPEC, control=Control(pace="batch")))


@pytest.fixture
def one_run(tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch) -> OneRun:
    """The run, as its server keeps it."""
    RunDirectory(tmp_path).write_spec(SPEC)
    files = RunFiles(RunDirectory(tmp_path), SPEC)
    snapshots = Snapshots(files.write)
    for event in events:
        if isinstance(event, Snapshot):
            snapshots.add(event)
        elif isinstance(event, Checkpoint):
            files.write(Checkpointed(packed_checkpoint(event), event.step))
        else:
            files.write(event)
    snapshots.finish()
    run = OneRun(tmp_path)
    for event in events:
        run.timeline_.add(event)
    for module in (server, replays, rewind):
        monkeypatch.setattr(module, "runs", lambda: run)
    replays.replays.cache_clear()
    return run


@pytest.fixture
def socket(one_run: OneRun, client: TestClient) -> Iterator[WebSocketTestSession]:
    with client.websocket_connect("/rewind/mine") as opened:
        yield opened


def ask(socket: WebSocketTestSession, seq: int, step: int) -> tuple[dict[str, Any], dict[str, tuple[int, np.ndarray]]]:
    """The answer to a question, and the views by name, with their steps."""
    socket.send_text(json.dumps({"seq": seq, "step": step}))
    message = json.loads(socket.receive_text())
    views = {}
    for _ in range(message.get("views", 0)):
        content = socket.receive_bytes()
        (length,) = struct.unpack("<I", content[:4])
        header = json.loads(content[4 : 4 + length])
        views[header["name"]] = header["step"], np.frombuffer(content[4 + length :], "<f4").reshape(header["shape"])
    return message, views


def received(socket: WebSocketTestSession, message: dict[str, Any]) -> list[bytes]:
    return [socket.receive_bytes() for _ in range(message["views"])]


def test_every_moment_shows_what_training_showed(socket: WebSocketTestSession, events: list[Event]) -> None:
    past = json.loads(socket.receive_text())
    assert past == {"type": "past", "steps": list(range(76)), "note": ""}
    for seq, step in enumerate((0, 40, 75)):
        message, views = ask(socket, seq, step)
        (evaluated,) = (event for event in of_kind(events, Evaluated) if event.step == step)
        assert (message["seq"], message["step"], message["epoch"]) == (seq, step, round(step / 25, 4))
        assert message["numbers"] == {name: finite(value) for name, value in evaluated.columns.items()}
        shown = {view.name: view.values for view in of_kind(events, View) if view.step == step}
        assert views.keys() == shown.keys() - {"layers"}  # which is of the whole run
        for name, (of_step, values) in views.items():
            assert of_step == step
            if name != "embedding":  # which is turned to fit the picture before
                np.testing.assert_allclose(values, shown[name], atol=1e-6)


def test_a_moment_that_is_not_kept_is_answered_with_the_nearest(socket: WebSocketTestSession, one_run: OneRun) -> None:
    assert json.loads(socket.receive_text())["steps"][-1] == 75
    for step in range(20, 40):
        history.file_of(one_run.directory, step).unlink()
    socket.send_text(json.dumps({"seq": 1, "step": 37}))
    assert 20 not in json.loads(socket.receive_text())["steps"]
    message = json.loads(socket.receive_text())
    assert message["step"] == 40


def test_only_the_views_that_are_looked_at_are_computed(socket: WebSocketTestSession) -> None:
    socket.receive_text()
    for views, names in (({"boundary": []}, {"boundary"}), ({}, set()), ({"unknown": [1]}, set())):
        socket.send_text(json.dumps({"seq": 1, "step": 10, "views": views}))
        message = json.loads(socket.receive_text())
        assert message["numbers"]
        assert {
            json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])["name"] for content in received(socket, message)
        } == names


def test_invalid_questions_are_refused_and_the_socket_stays(socket: WebSocketTestSession) -> None:
    socket.receive_text()
    for question in (
        "",
        "nonsense",
        "[]",
        '{"seq": 1}',
        '{"seq": 1, "step": -1}',
        '{"seq": 1, "step": true}',
        '{"seq": 1.5, "step": 1}',
        " " * 2000,
    ):
        socket.send_text(question)
        assert json.loads(socket.receive_text())["error"]
    assert ask(socket, 3, 10)[0]["step"] == 10


def test_damaged_weights_are_a_problem_of_that_moment_alone(socket: WebSocketTestSession, one_run: OneRun) -> None:
    socket.receive_text()
    history.file_of(one_run.directory, 10).write_bytes(b"nonsense")
    message, _ = ask(socket, 1, 10)
    assert (message["type"], message["seq"]) == ("problem", 1)
    assert "10.safetensors: is damaged" in message["message"]
    assert str(one_run.directory) not in message["message"]
    assert ask(socket, 2, 11)[0]["type"] == "moment"


def test_without_a_past_the_reason_is_said(one_run: OneRun, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def note() -> str:
        with client.websocket_connect("/rewind/mine") as socket:
            past = json.loads(socket.receive_text())
            message, _ = ask(socket, 1, 10)
            if not past["steps"]:
                assert (message["type"], message["message"]) == ("problem", past["note"])
            return str(past["note"])

    size = (one_run.directory / WEIGHTS).stat().st_size
    monkeypatch.setenv("PLAYGROUND_HISTORY_BYTES", str(4 * size))
    assert "only 3 moments are kept" in note()
    RunDirectory(one_run.directory).clear()
    RunDirectory(one_run.directory).write_spec(SPEC)
    assert "before the first step" in note()
    (one_run.directory / SNAPSHOT).write_bytes(bytes(size))
    assert "not on this server" in note()
    monkeypatch.setenv("PLAYGROUND_HISTORY_BYTES", "10")
    assert "too large" in note()


def test_a_run_that_does_not_exist_or_is_deleted_ends_the_socket(one_run: OneRun, client: TestClient) -> None:
    with client.websocket_connect("/rewind/unknown") as socket:
        assert json.loads(socket.receive_text())["type"] == "error"
        with pytest.raises(WebSocketDisconnect) as refused:
            socket.receive_text()
    assert refused.value.code == 4404
    with client.websocket_connect("/rewind/mine") as socket:
        socket.receive_text()
        one_run.exists = False
        socket.send_text(json.dumps({"seq": 1, "step": 10}))
        assert json.loads(socket.receive_text())["type"] == "error"


def test_what_nobody_waits_for_any_longer_is_not_computed(one_run: OneRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "_PART_SECONDS", 0.0)
    monkeypatch.setattr("playground.training.evaluation.examples_at_once", lambda *_: 10)
    looks = iter([True, True, False])

    async def look() -> tuple[Any, Any]:
        past, moments = replays.past_of("mine"), replays.Replays()
        left = await moments.moment(past, 40, lambda: next(looks))
        return left, await moments.moment(past, 40, lambda: True)

    left, moment = asyncio.run(look())
    assert left is None
    assert moment.evaluated.step == 40
    assert next(looks, None) is None


def test_moments_of_one_run_are_computed_one_after_another(one_run: OneRun, events: list[Event]) -> None:
    async def look() -> list[Any]:
        past, moments = replays.past_of("mine"), replays.Replays()
        return await asyncio.gather(*(moments.moment(past, step, lambda: True) for step in (3, 60, 3, 20)))

    found = asyncio.run(look())
    reported = {event.step: event for event in of_kind(events, Evaluated)}
    assert [moment.evaluated.step for moment in found] == [3, 60, 3, 20]
    for moment in found:
        assert moment.evaluated.test == pytest.approx(reported[moment.evaluated.step].test, rel=1e-5)
