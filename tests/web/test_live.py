"""The live route against a run that the test moves by hand, and once against a real one."""

import asyncio
import json
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.presets import PRESETS
from playground.runs import RunNotFound, Runs
from playground.runs.watchers import Watching
from playground.spec import Change
from playground.training import Declarations, View, declarations
from playground.training.wanted import Wanted
from playground.web.routes import live, mounted
from tests.runs.in_this_process import Threads

CONTROL, WATCH = "c" + "A" * 22, "w" + "B" * 22


@dataclass
class Timeline:
    """Steps as they come; the cursor counts them."""

    declared: Declarations
    steps: list[int] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)

    def delta(self, cursor: int | None) -> tuple[dict[str, Any], int]:
        new = self.steps[cursor or 0 :]
        series = {"batch": {"step": new, "epoch": new, "seconds": new, "train_loss": [1 / step for step in new]}}
        return {"type": "history" if cursor is None else "append", "series": series}, len(self.steps)


@dataclass(frozen=True)
class Address:
    run_id: str
    control: bool


@dataclass
class Info:
    spec: Any


class ByHand:
    """What the route uses of the runs, with one run in it."""

    def __init__(self, preset: str = "mlp_784_256_10") -> None:
        self.of = Timeline(declarations(PRESETS[preset].spec))
        self.state = "running"
        self.watchers: list[Callable[[], None]] = []
        self.looks: list[Wanted] = []
        self.preset = preset
        self.changes: tuple[Change, ...] = ()

    def resolve(self, address: str) -> Address:
        if address not in (CONTROL, WATCH):
            raise RunNotFound
        return Address(WATCH, control=address == CONTROL)

    def info(self, run_id: str) -> Info:
        return Info(PRESETS[self.preset].spec.model_copy(update={"changes": self.changes}))

    def timeline(self, run_id: str) -> Timeline:
        return self.of

    def status(self, run_id: str) -> dict[str, Any]:
        return {"state": self.state, "step": len(self.of.steps)}

    def watch(self, run_id: str, callback: Callable[[], None]) -> Watching:
        self.watchers.append(callback)
        return Watching(self.looks.append, lambda: self.watchers.remove(callback))

    def go(self, *steps: int) -> None:
        """New steps, told from a thread of its own as a reader of a worker's pipe does."""
        self.of.steps.extend(steps)
        teller = threading.Thread(target=lambda: [told() for told in tuple(self.watchers)])
        teller.start()
        teller.join()


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> ByHand:
    made = ByHand()
    monkeypatch.setattr(live, "runs", lambda: made)
    return made


@pytest.fixture
def client(by_hand: ByHand) -> TestClient:
    return TestClient(Starlette(routes=mounted("")))


def test_a_large_view_is_sent_only_to_those_who_look_at_it(client: TestClient, by_hand: ByHand) -> None:
    by_hand.of.views = {name: View(name, 1, np.ones(2, np.float32)) for name in ("confusion", "network")}
    with client.websocket_connect(f"/live/{CONTROL}") as socket:
        assert socket.receive_json()["type"] == "history"
        assert shown_in(socket.receive_bytes()) == "confusion"
        socket.send_json({"type": "look", "views": {"network": []}})
        while "text" in (message := socket.receive()):
            assert json.loads(message["text"])["type"] == "append"
        assert shown_in(message["bytes"]) == "network"
        socket.send_json({"type": "look", "views": {}})
        by_hand.of.views = {name: View(name, 2, np.ones(2, np.float32)) for name in ("network", "confusion")}
        by_hand.go(1)
        while "text" in (message := socket.receive()):
            pass
        assert shown_in(message["bytes"]) == "confusion"


def shown_in(frame: bytes) -> str:
    """The name of the view in a binary message."""
    (length,) = struct.unpack_from("<I", frame)
    return str(json.loads(frame[4 : 4 + length])["name"])


def steps_until(socket: WebSocketTestSession, last: int) -> tuple[list[int], int]:
    """Steps received up to the last one, and the number of messages that it took."""
    steps: list[int] = []
    messages = 0
    while not steps or steps[-1] != last:
        message = socket.receive_json()
        steps += message["series"]["batch"]["step"]
        messages += 1
    return steps, messages


def test_the_history_comes_first_and_then_what_is_new(client: TestClient, by_hand: ByHand) -> None:
    by_hand.of.steps = [1, 2]
    with client.websocket_connect(f"/live/{CONTROL}") as socket:
        first = socket.receive_json()
        assert first["type"] == "history"
        assert first["series"]["batch"] == {"step": [1, 2], "epoch": [1, 2], "seconds": [1, 2], "train_loss": [1.0, 0.5]}
        assert first["status"] == {"state": "running", "step": 2}
        assert first["control"] is True
        by_hand.go(3, 4)
        second = socket.receive_json()
        assert second["type"] == "append"
        assert second["series"]["batch"]["step"] == [3, 4]


def test_a_change_of_state_is_told_though_nothing_was_trained(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        assert socket.receive_json()["control"] is False
        by_hand.state = "paused"
        by_hand.go()
        message = socket.receive_json()
        assert message["status"]["state"] == "paused"
        assert message["series"]["batch"]["step"] == []


def test_what_has_changed_in_the_run_comes_with_the_first_message_and_when_there_is_more(client: TestClient, by_hand: ByHand) -> None:
    rate = {"step": 5, "text": "learning rate 0.001 → 0.01"}
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        assert "changes" not in socket.receive_json()
        by_hand.changes = (Change(step=5, path="optimizer.lr", value=0.01),)
        by_hand.go(6)
        assert socket.receive_json()["changes"] == [rate]
        by_hand.go(7)
        assert "changes" not in socket.receive_json()
        with client.websocket_connect(f"/live/{WATCH}") as late:
            assert late.receive_json()["changes"] == [rate]
        by_hand.changes += (Change(step=7, path="network[1].bias[0]", value=-1.5),)
        by_hand.go(8)
        assert socket.receive_json()["changes"] == [rate, {"step": 7, "text": "bias[0] of layer 2 (dense) set to -1.5"}]


def test_many_changes_become_few_messages_and_none_is_lost(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        for step in range(1, 501):
            by_hand.go(step)
        steps, messages = steps_until(socket, 500)
        assert steps == list(range(1, 501))
        assert messages < 250


def test_two_browsers_watch_one_run(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{CONTROL}") as one, client.websocket_connect(f"/live/{WATCH}") as other:
        for socket in (one, other):
            socket.receive_json()
        by_hand.go(1)
        for socket in (one, other):
            assert steps_until(socket, 1)[0] == [1]


def test_a_late_or_returning_browser_gets_the_whole_history(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        by_hand.go(1, 2)
        steps_until(socket, 2)
    by_hand.go(3)
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        assert socket.receive_json()["series"]["batch"]["step"] == [1, 2, 3]


def test_a_browser_that_left_is_no_longer_told(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        assert len(by_hand.watchers) == 1
    assert by_hand.watchers == []


def test_each_view_comes_once_as_a_binary_frame(client: TestClient, by_hand: ByHand) -> None:
    counts = np.arange(100, dtype=np.float32).reshape(10, 10)
    by_hand.of.views["confusion"] = View("confusion", 7, counts)
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        header, values = unpacked(socket.receive_bytes())
        assert header == {"name": "confusion", "step": 7, "shape": [10, 10], "classes": [str(digit) for digit in range(10)]}
        assert np.array_equal(values.reshape(header["shape"]), counts)
        by_hand.go(8)
        assert socket.receive_json()["type"] == "append"  # and no frame before it: nothing new to see
        by_hand.of.views["confusion"] = View("confusion", 9, counts.T)
        by_hand.go(9)
        assert socket.receive_json()["type"] == "append"
        header, values = unpacked(socket.receive_bytes())
        assert header["step"] == 9
        assert np.array_equal(values.reshape(10, 10), counts.T)


def test_a_boundary_says_what_part_of_the_plane_it_shows(client: TestClient, by_hand: ByHand) -> None:
    by_hand.preset = "playground_2d"
    by_hand.of.declared = declarations(PRESETS["playground_2d"].spec)
    data = PRESETS["playground_2d"].spec.data
    by_hand.of.views["boundary"] = View("boundary", 1, np.zeros((1, 4, 4), np.float32))
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        header, _ = unpacked(socket.receive_bytes())
    assert tuple(header["bounds"]) == data.bounds
    assert tuple(header["classes"]) == data.classes


def test_values_go_little_endian_and_in_row_order_whatever_they_were() -> None:
    values = np.arange(6, dtype=">f4").reshape(2, 3).T
    header, sent = unpacked(live.frame(View("fit", 3, values), ()))
    assert header["shape"] == [3, 2]
    assert sent.tolist() == [0, 3, 1, 4, 2, 5]


def unpacked(frame: bytes) -> tuple[dict[str, Any], np.ndarray]:
    (length,) = struct.unpack_from("<I", frame)
    return json.loads(frame[4 : 4 + length]), np.frombuffer(frame[4 + length :], "<f4")


def test_a_run_that_is_not_there_is_named_before_the_door_closes(client: TestClient) -> None:
    with client.websocket_connect("/live/c000") as socket:
        assert socket.receive_json() == {"type": "error", "message": str(RunNotFound())}
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4404


def test_a_run_that_is_deleted_while_somebody_watches_is_named_before_the_door_closes(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        assert socket.receive_json()["type"] == "history"

        def gone(run_id: str) -> Timeline:
            raise RunNotFound

        by_hand.timeline = gone  # type: ignore[method-assign]
        by_hand.go(1)
        assert socket.receive_json() == {"type": "error", "message": str(RunNotFound())}
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4404
    assert not by_hand.watchers


def test_a_reader_that_stands_still_costs_one_message_and_no_queue(by_hand: ByHand) -> None:
    """A socket whose send never returns: the run goes on, and nothing piles up behind it."""
    sent: list[str] = []

    class Stuck:
        path_params = {"address": WATCH}  # noqa: RUF012

        async def send_text(self, text: str) -> None:
            sent.append(text)
            await asyncio.Event().wait()

        async def receive(self) -> dict[str, str]:
            await asyncio.Event().wait()
            raise AssertionError

    async def watch() -> None:
        following = asyncio.create_task(live._follow(Stuck(), by_hand, WATCH))  # type: ignore[arg-type]
        while not sent:
            await asyncio.sleep(0.001)
        for step in range(1, 1001):
            by_hand.go(step)
        await asyncio.sleep(0.05)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following

    asyncio.run(watch())
    assert len(sent) == 1
    assert by_hand.watchers == []


def test_a_real_run_is_told_from_its_first_step_to_its_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = PRESETS["playground_2d"].spec
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 3})})
    real = Runs(tmp_path, parallel=1, executor=Threads())
    monkeypatch.setattr(live, "runs", lambda: real)
    try:
        control = real.submit(spec)
        steps, losses, boundaries, state = [], [], 0, ""
        with TestClient(Starlette(routes=mounted(""))).websocket_connect(f"/live/{control}") as socket:
            while state != "finished" or not boundaries:
                received = socket.receive()
                if received.get("bytes"):
                    header, values = unpacked(received["bytes"])
                    assert values.size == np.prod(header["shape"])
                    if header["name"] == "boundary":
                        boundaries += 1
                        assert ((values >= 0) & (values <= 1)).all()
                    continue
                message = json.loads(received["text"])
                state = message["status"]["state"]
                assert state in {"queued", "starting", "running", "finished"}
                if message["type"] == "history":
                    steps, losses = [], []
                steps += message["series"]["batch"]["step"]
                losses += message["series"]["batch"]["train_loss"]
        run_id = real.resolve(control).run_id
        (whole, _) = real.timeline(run_id).delta(None)
    finally:
        real.close()
    batches = len(spec.data.load().train) // spec.training.batch_size
    assert steps == list(range(1, 3 * batches + 1))
    assert steps == whole["series"]["batch"]["step"]
    assert losses == whole["series"]["batch"]["train_loss"]


def test_a_browser_says_which_views_it_looks_at(client: TestClient, by_hand: ByHand) -> None:
    with client.websocket_connect(f"/live/{WATCH}") as socket:
        socket.receive_json()
        socket.send_text('{"type": "look", "views": {"confusion": [], "embedding": [2, 0, 2]}}')
        socket.send_text("no JSON")
        socket.send_bytes(b"\x00")
        socket.send_text('{"type": "look", "views": {}}')
    assert by_hand.looks == [Wanted({"confusion": frozenset(), "embedding": frozenset({0, 2})}), Wanted()]


TOO_LONG = '{"type": "look", "views": {' + " " * 4000 + "}}"


@pytest.mark.parametrize(
    "text",
    ["", "[" * 4000, "3", "{}", '{"type": "look"}', '{"type": "look", "views": ["confusion"]}', TOO_LONG],
    ids=lambda text: text[:40],
)
def test_other_messages_of_a_browser_change_nothing(text: str) -> None:
    assert live.looked_at(text) is None


def test_what_is_looked_at_is_bounded() -> None:
    views = {f"view{number}": [-1, 1.5, True, "2", 10**9, number] for number in range(50)}
    wanted = live.looked_at(json.dumps({"type": "look", "views": views}))
    assert wanted is not None
    assert list(wanted.chosen.values()) == [frozenset({number}) for number in range(32)]
