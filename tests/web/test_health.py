"""What an operator's tools get: health, readiness and measures, and who gets the measures."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from playground.runs import Runs, RunState
from playground.runs.database import StoreError
from playground.web import server_state
from playground.web.measuring import Measured, measured_page
from playground.web.routes import health, mounted
from tests.runs.experiments import circle, endless, submit, wait_for, wait_for_step
from tests.runs.in_this_process import Threads

Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def greet(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello", 201)


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text() * 2)
    await websocket.receive()


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Of a server with its own data folder, whose readiness has not been asked yet."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    opened = Runs(tmp_path, 2, executor=Threads())
    monkeypatch.setattr(health, "runs", lambda: opened)
    monkeypatch.setattr(health, "_readiness", health._Readiness())
    yield opened
    opened.close()


@pytest.fixture
def client(runs: Runs) -> Iterator[TestClient]:
    own = [Route("/app/greet/{name}", greet), WebSocketRoute("/app/echo/{name}", echo)]
    routes = [*mounted("app"), *own]
    app = Starlette(routes=routes, middleware=[Middleware(Measured, routes=routes, prefix="/app")])
    with TestClient(app, client=("127.0.0.1", 50000)) as made:
        yield made


@pytest.fixture
def measured(client: TestClient, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Values]:
    """Reads `/metrics` as Prometheus does."""
    monkeypatch.setattr(health, "observe_server", lambda runs: None)
    collector = server_state._State(lambda: runs)
    health.MEASURES.register(collector)

    def read() -> Values:
        families = text_string_to_metric_families(client.get("/app/metrics").text)
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}

    yield read  # type: ignore[misc]
    health.MEASURES.unregister(collector)


def test_a_server_that_answers_is_healthy_and_one_that_can_serve_is_ready(client: TestClient) -> None:
    assert client.get("/app/healthz").json() == {"status": "ok"}
    answer = client.get("/app/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failing": []})
    assert client.get("/healthz").status_code == 404, "only under the path at which the app is served"


def test_what_is_missing_is_named_without_details(client: TestClient, runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: object) -> None:
        raise StoreError("postgresql://host/secret-name is away")

    monkeypatch.setattr(runs, "resolve", refuse)
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "file"))
    answer = client.get("/app/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "failing": ["data folder", "database"]})


def test_a_full_disk_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.web.readiness.LEAST_FREE_BYTES", 10**18)
    assert client.get("/app/readyz").json()["failing"] == ["disk space"]


def test_a_server_that_is_closing_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "is_closing", lambda: True)
    assert client.get("/app/readyz").json()["failing"] == ["closing"]
    assert client.get("/app/healthz").status_code == 200


@pytest.mark.parametrize(
    ("address", "headers", "settings", "allowed"),
    [
        ("127.0.0.1", {}, {}, True),
        ("::1", {}, {}, True),
        ("::ffff:127.0.0.1", {}, {}, True),
        ("10.1.2.3", {}, {}, False),
        ("10.1.2.3", {}, {"NETWORKS": "10.0.0.0/8"}, True),
        ("127.0.0.1", {}, {"NETWORKS": "10.0.0.0/8"}, False),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, {}, False),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, {}, False),
        ("10.1.2.3", {"Authorization": "Bearer s3cret"}, {"TOKEN": "s3cret"}, True),
        ("127.0.0.1", {"Authorization": "Bearer s3cret", "X-Forwarded-For": "8.8.8.8"}, {"TOKEN": "s3cret"}, True),
        ("10.1.2.3", {"Authorization": "Bearer s3cre"}, {"TOKEN": "s3cret"}, False),
        ("10.1.2.3", {"Authorization": "Bearer \u00e9".encode().decode("latin-1")}, {"TOKEN": "s3cret"}, False),
        ("10.1.2.3", {"Authorization": "Bearer "}, {}, False),
        ("10.1.2.3", {"Authorization": "Basic s3cret"}, {"TOKEN": "s3cret"}, False),
        ("a socket", {}, {}, False),
    ],
)
def test_measures_are_for_the_operator(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, address: str, headers: dict[str, str], settings: dict[str, str], allowed: bool
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"PLAYGROUND_METRICS_{name}", value)
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = Request({"type": "http", "method": "GET", "path": "/metrics", "headers": encoded, "client": (address, 1)})
    assert health.may_read_metrics(request) is allowed


def test_a_caller_who_may_not_read_them_gets_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_METRICS_NETWORKS", "10.0.0.0/8")
    answer = client.get("/app/metrics")
    assert answer.status_code == 403
    assert "playground_" not in answer.text


def test_requests_sockets_and_frames_are_counted_by_route_without_addresses(client: TestClient, measured: Callable[[], Values]) -> None:
    before = measured()
    client.get("/app/greet/somebody")
    client.get("/app/some/page")
    with client.websocket_connect("/app/echo/somebody") as socket:
        socket.send_text("four")
        assert socket.receive_text() == "fourfour"
        assert measured()["playground_sockets", (("route", "/echo/{name}"),)] == 1
    after = measured()

    def gained(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0)

    assert gained("playground_request_seconds_count", route="/greet/{name}", status="2xx") == 1
    assert gained("playground_request_seconds_count", route="page", status="4xx") == 1
    assert after["playground_sockets", (("route", "/echo/{name}"),)] == 0
    assert gained("playground_frames_total", route="/echo/{name}", direction="out") == 1
    assert gained("playground_frame_bytes_total", route="/echo/{name}", direction="in") == 4
    assert gained("playground_frame_bytes_total", route="/echo/{name}", direction="out") == 8
    assert "somebody" not in json.dumps([list(key) for key in after])


def test_a_page_is_timed_also_when_its_script_is_stopped(measured: Callable[[], Values]) -> None:
    key = ("playground_page_seconds_count", (("page", "Test page"),))
    with measured_page("Test page"):
        pass
    with pytest.raises(KeyboardInterrupt), measured_page("Test page"):
        raise KeyboardInterrupt
    assert measured()[key] == 2


def test_runs_are_counted_by_state_with_their_steps_and_waiting_times(runs: Runs, measured: Callable[[], Values]) -> None:
    before = measured()
    finished = submit(runs, circle(epochs=2))
    wait_for(runs, finished, RunState.FINISHED)
    paused, running = submit(runs, endless(), step="batch"), submit(runs, endless())
    wait_for(runs, paused, RunState.PAUSED)
    wait_for_step(runs, running, 1)
    after = measured()
    assert after["playground_runs", (("state", "paused"),)] == 1
    assert after["playground_runs", (("state", "running"),)] == 1
    assert after["playground_runs", (("state", "queued"),)] == 0
    assert after["playground_waiting_seconds_count", ()] - before["playground_waiting_seconds_count", ()] == 3
    assert after["playground_step_seconds_count", ()] - before["playground_step_seconds_count", ()] == 1
    assert after["playground_steps_total", ()] - before["playground_steps_total", ()] >= 2 * 25 + 2
    ended = ("playground_runs_ended_total", (("state", "finished"),))
    assert after[ended] - before.get(ended, 0) == 1
    assert after["playground_data_free_bytes", ()] > 0
    if ("playground_memory_bytes", (("part", "server"),)) in after:
        assert after["playground_memory_bytes", (("part", "server"),)] > 50_000_000
    for run_id in (paused, running):
        runs.stop(run_id)
        wait_for(runs, run_id, RunState.STOPPED)
