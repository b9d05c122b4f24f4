"""The generate route: what it writes is what Python writes with the same weights; and whatever else a browser may send."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.catalog.datasets import PythonDocs
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.network import build_model
from playground.runs.directory import RunDirectory, load_run
from playground.runs.generation import generate, read_prompt
from playground.spec import ExperimentSpec
from playground.web import networks
from playground.web.routes import generate as route
from playground.web.routes import mounted, newest
from playground.web.routes.generate import FrameError, Pace, parse
from tests.web.test_predict import OneRun

SPEC = ExperimentSpec(
    data=PythonDocs(window=32), network=(LAYERS["embedding"](width=8), LAYERS["gru"](units=8, returns="all"), Output()), loss=CrossEntropy()
)
ASKED = {"seq": 1, "prompt": "import ", "length": 60, "temperature": 0.8, "top_k": 20, "seed": 3}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    """The directory of the run "mine", with a spec and no weights yet."""
    directory = RunDirectory(tmp_path / "run")
    directory.write_spec(SPEC)
    monkeypatch.setattr(networks, "runs", lambda: OneRun(directory.path))
    monkeypatch.setattr(route, "REST_SECONDS", 0.0)
    return directory


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=mounted(""))) as made:
        yield made


def answer(socket: WebSocketTestSession) -> dict[str, Any]:
    """The last part of the next text, or an error."""
    while True:
        part: dict[str, Any] = json.loads(socket.receive_text())
        if part.get("done", True):
            return part


def asked(socket: WebSocketTestSession, **changes: Any) -> dict[str, Any]:
    socket.send_text(json.dumps({**ASKED, **changes}))
    return answer(socket)


def test_the_text_is_the_one_that_python_writes_and_newer_weights_write_another_unasked(client: TestClient, run: RunDirectory) -> None:
    first, later = build_model(SPEC), build_model(SPEC.model_copy(update={"training": SPEC.training.model_copy(update={"seed": 1})}))
    with client.websocket_connect("/generate/mine") as socket:
        assert asked(socket)["waiting"] is True
        run.write_snapshot(first.state_dict(), 10)
        texts = [answer(socket)]
        stored = [load_run(run.path)]
        run.write_snapshot(later.state_dict(), 20)
        texts.append(answer(socket))
        stored.append(load_run(run.path))
    assert [text["step"] for text in texts] == [10, 20]
    for text, network in zip(texts, stored, strict=True):
        assert text["text"] == generate(network, "import ", 60, temperature=0.8, top_k=20, seed=3)
        assert (text["read"], text["characters"], text["notes"]) == ("import ", 60, [])
        with torch.no_grad():
            outputs = network.model(torch.tensor([read_prompt(SPEC.data, "import ").symbols]))[0, -1]
        likely = torch.softmax(outputs.topk(20).values / 0.8, dim=0)[:8]
        assert [share for _, share in text["next"]] == pytest.approx(likely.tolist(), abs=1e-4)
        assert text["next"][0][0] == SPEC.data.classes[int(outputs.argmax())]


def test_a_text_comes_in_parts_and_a_newer_question_ends_it(client: TestClient, run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "PART_SECONDS", 1e-9)
    run.write_weights(build_model(SPEC).state_dict(), 5)
    with client.websocket_connect("/generate/mine") as socket:
        socket.send_text(json.dumps({**ASKED, "length": 500}))
        parts = [json.loads(socket.receive_text()) for _ in range(3)]
        socket.send_text(json.dumps({**ASKED, "seq": 2, "prompt": "x", "length": 4}))
        while parts[-1]["seq"] == 1:
            parts.append(json.loads(socket.receive_text()))
    first = [part["text"] for part in parts if part["seq"] == 1]
    assert len(first) < 500
    assert all(later.startswith(earlier) for earlier, later in pairwise(first))


def test_a_slow_network_ends_early_and_says_so(client: TestClient, run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MOST_SECONDS", 0.0)
    monkeypatch.setattr(route, "PART_SECONDS", 1e-9)
    run.write_weights(build_model(SPEC).state_dict(), 5)
    with client.websocket_connect("/generate/mine") as socket:
        text = asked(socket)
    assert text["characters"] < 60
    assert "takes long" in text["notes"][-1]


WRONG = {
    "not json": "{",
    "a list": "[]",
    "no prompt": json.dumps({**ASKED, "prompt": 3}),
    "a long prompt": json.dumps({**ASKED, "prompt": "x" * 20_000}),
    "too long a text": json.dumps({**ASKED, "length": 10**6}),
    "a length that is true": json.dumps({**ASKED, "length": True}),
    "no temperature": json.dumps({**ASKED, "temperature": None}),
    "too hot": json.dumps({**ASKED, "temperature": 1e9}),
    "not a number": json.dumps({**ASKED, "temperature": float("nan")}),
    "a huge number": json.dumps({**ASKED, "temperature": 10**400}),
    "no symbols": json.dumps({**ASKED, "top_k": 0}),
    "a negative seed": json.dumps({**ASKED, "seed": -1}),
    "deeply nested": "[" * 15_000,
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_in_words_and_the_next_question_answered(client: TestClient, run: RunDirectory, text: str) -> None:
    run.write_weights(build_model(SPEC).state_dict(), 5)
    with pytest.raises(FrameError):
        parse(text)
    with client.websocket_connect("/generate/mine") as socket:
        socket.send_text(text)
        assert answer(socket)["error"]
        assert asked(socket, length=2)["characters"] == 2


def test_who_sends_nothing_else_is_disconnected(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/generate/mine") as socket:
        for _ in range(newest.MAX_BAD_FRAMES):
            socket.send_bytes(b"text")
            assert "bytes" in answer(socket)["error"]
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_a_network_that_cannot_write_says_why_and_an_unknown_one_is_closed(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/generate/digits") as socket:
        assert "does not predict the next symbol" in asked(socket)["error"]
    with client.websocket_connect("/generate/unknown") as socket:
        assert "no run" in answer(socket)["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == newest.NOT_FOUND


def test_what_nobody_asked_for_takes_its_share_of_the_time_however_many_wait() -> None:
    pace = Pace(0.05, 0.04)
    assert [pace.next(100.0) for _ in range(4)] == pytest.approx([100, 100.8, 101.6, 102.4])
    assert pace.next(200.0) == 200
