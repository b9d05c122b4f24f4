"""Somebody else's run on every route and socket of ours: nothing is told without an address of it, and nothing that a stranger sends
changes it. A route that is added has to be added here."""

import json
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.runs import Runs, RunState
from playground.web import plotly_script, server
from playground.web.routes import mounted
from playground.web.security.owner import cookie_name, new_owner
from playground.web.security.signing import keys, sign
from tests.runs.experiments import circle, wait_for

ADDRESSED = {
    "/live/{address}", "/curves/{address}.json", "/curves/{address}.csv", "/predict/{address}", "/attention/{address}",
    "/generate/{address}", "/rewind/{address}", "/standings.json",
}  # fmt: skip
"""Routes that take the address of a run."""
OTHERS = {
    plotly_script.PATH, "/assets/js", "/assets/css", "/healthz", "/readyz", "/metrics", "/network/preview", "/network/catalog.js",
    "/device/join", "/device/leave", "/room/{code}",
}  # fmt: skip
"""Routes that are about no run. Uploaded data in a preview: `test_preview.py`; who may read a room: `test_room.py`."""
ROUTES = {route.path: route for route in mounted("") if isinstance(route, Route | WebSocketRoute | Mount)}
SOCKETS = [path for path, route in ROUTES.items() if isinstance(route, WebSocketRoute)]
QUESTIONS: dict[str, str | bytes | None] = {
    "/live/{address}": None,
    "/rewind/{address}": None,
    "/predict/{address}": struct.pack("<BIHH", 1, 1, 28, 28) + bytes(784),
    "/attention/{address}": json.dumps({"ask": "maps", "seq": 1, "input": {"text": "a"}}),
    "/generate/{address}": json.dumps({"seq": 1, "prompt": "a", "length": 5, "temperature": 1.0, "top_k": 5, "seed": 1}),
}
"""What a socket waits for before it answers."""
COMMANDS = ("stop", "pause", "resume", "run", "delete", "exit", "batch", "claim")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Those of a server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(tmp_path_factory.mktemp("data")))
        server.runs.cache_clear()
        yield server.runs()
        server.runs().close()
        server.runs.cache_clear()


@pytest.fixture(scope="module")
def theirs(runs: Runs) -> str:
    """The id, which is the watch address, of a run of somebody else that is paused after its first step."""
    run_id = runs.resolve(runs.submit(circle(epochs=100), "batch", new_owner())).run_id
    wait_for(runs, run_id, RunState.PAUSED)
    return run_id


@pytest.fixture(scope="module")
def stranger(runs: Runs) -> TestClient:
    """The browser of somebody who has a cookie of this server."""
    return TestClient(Starlette(routes=mounted("")), cookies={cookie_name(keys()[0]): sign(new_owner(), "owner", keys()[0])})


def guesses(run_id: str) -> list[str]:
    """Addresses that a stranger may try, who does not know the watch address, or wants control by it."""
    return ["c" + run_id[1:], "c" + "A" * 22, run_id[:-1] + ("A" if run_id[-1] != "A" else "B"), run_id.upper(), "..", "%2e%2e"]


def path_of(path: str, address: str) -> str:
    return f"{path}?run={address}" if "{" not in path else path.replace("{address}", address).replace("{code}", address)


def send(socket: WebSocketTestSession, message: str | bytes) -> None:
    if isinstance(message, str):
        socket.send_text(message)
    else:
        socket.send_bytes(message)


def test_every_route_is_known_here() -> None:
    assert {*ROUTES} == ADDRESSED | OTHERS
    assert all("{address}" in path or path == "/standings.json" for path in ADDRESSED)


@pytest.mark.parametrize("path", sorted(ADDRESSED - {*SOCKETS}))
def test_nothing_is_told_without_an_address(stranger: TestClient, theirs: str, path: str) -> None:
    for guess in guesses(theirs):
        response = stranger.get(path_of(path, guess))
        if path == "/standings.json":
            assert response.json() == {}
        else:
            assert response.status_code == 404
            assert theirs not in response.text


@pytest.mark.parametrize("path", sorted(ADDRESSED & {*SOCKETS}))
def test_no_socket_tells_anything_without_an_address(stranger: TestClient, theirs: str, path: str) -> None:
    for guess in guesses(theirs)[:4]:
        with stranger.websocket_connect(path_of(path, guess)) as socket:
            if (question := QUESTIONS[path]) is not None:
                send(socket, question)
            answer = socket.receive_json()
            assert {*answer} <= {"type", "message", "error", "seq"}, answer
            assert socket.receive()["code"] == 4404


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_no_request_changes_a_run_of_somebody_else(stranger: TestClient, runs: Runs, theirs: str, path: str) -> None:
    before = runs.status(theirs), runs.info(theirs)
    if path not in SOCKETS:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for command in COMMANDS:
                body = {"action": command, "do": command, "run": theirs, "address": theirs, "owner": "a" * 23}
                response = stranger.request(method, path_of(path, theirs), json=body)
                assert response.status_code in (400, 404, 405, 410) or path.startswith("/device/"), (method, response.status_code)
    assert (runs.status(theirs), runs.info(theirs)) == before


@pytest.mark.parametrize("path", sorted(SOCKETS))
def test_no_message_at_a_watch_address_is_a_command(stranger: TestClient, runs: Runs, theirs: str, path: str) -> None:
    before = runs.status(theirs), runs.info(theirs)
    texts = [json.dumps({"type": command, "action": command, "do": command, "seq": number}) for number, command in enumerate(COMMANDS)]
    for message in (*COMMANDS, *texts, *(text.encode() for text in texts), b"\0" * 64, "[" * 1000):
        with suppress(WebSocketDisconnect), stranger.websocket_connect(path_of(path, theirs)) as socket:
            send(socket, message)
    assert (runs.status(theirs), runs.info(theirs)) == before
    assert runs.info(theirs).state is RunState.PAUSED


def test_a_watch_address_lets_watch(stranger: TestClient, theirs: str, tmp_path: Path) -> None:
    """Otherwise, the tests above would prove nothing."""
    with stranger.websocket_connect(f"/live/{theirs}") as socket:
        message = socket.receive_json()
    assert (message["type"], message["control"]) == ("history", False)
    assert stranger.get(f"/curves/{theirs}.csv").status_code == 200
    assert theirs in stranger.get(f"/standings.json?run={theirs}").json()
