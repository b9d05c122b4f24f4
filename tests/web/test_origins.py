"""Only our own pages, and those the settings name, open sockets or change something; the server answers only to its own names."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from playground.web.routes import mounted
from playground.web.security.origins import OwnPages, host_allowed, origin_allowed

HERE = "lab.example:8501"
FOREIGN = (
    "https://elsewhere.example", "http://lab.example", "null", "http://[broken", "", "http://lab.example:8501.elsewhere.example",
    f"ftp://{HERE}", "http://",
)  # fmt: skip
METHODS = ("POST", "PUT", "PATCH", "DELETE")


@contextmanager
def streamlit_setting(name: str, value: object) -> Iterator[None]:
    before = config.get_option(name)
    config.set_option(name, value, "a test")
    try:
        yield
    finally:
        config.set_option(name, before, "<default>")


@pytest.fixture
def client() -> TestClient:
    """The app behind the middleware says which origin it saw."""

    async def page(request: Request) -> Response:
        return PlainTextResponse(str(request.headers.get("origin")))

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(str(websocket.headers.get("origin")))
        await websocket.close()

    routes = [Route("/{path:path}", page, methods=["GET", *METHODS]), WebSocketRoute("/{path:path}", socket)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(OwnPages)]), base_url=f"http://{HERE}")


def seen_by_socket(client: TestClient, origin: str | None) -> str:
    """What the app saw. Raises: WebSocketDisconnect."""
    headers = {} if origin is None else {"origin": origin}
    with client.websocket_connect(f"ws://{HERE}/_stcore/stream", headers=headers) as socket:
        return str(socket.receive_text())


@pytest.mark.parametrize("origin", [None, f"http://{HERE}", f"https://{HERE}"])
def test_our_own_pages_and_what_is_no_page(client: TestClient, origin: str | None) -> None:
    assert seen_by_socket(client, origin) == str(origin)
    headers = {} if origin is None else {"origin": origin}
    assert [client.request(method, "/x", headers=headers).status_code for method in METHODS] == [200] * 4


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_pages_change_nothing_and_streamlit_never_sees_them(client: TestClient, origin: str) -> None:
    with pytest.raises(WebSocketDisconnect) as refused:
        seen_by_socket(client, origin)
    assert refused.value.code == 4403
    for method in METHODS:
        answer = client.request(method, "/_stcore/upload_file/x/y", headers={"origin": origin})
        assert (answer.status_code, "PLAYGROUND_ALLOWED_ORIGINS" in answer.text) == (403, True)
    assert client.get("/_stcore/health", headers={"origin": origin}).text == "None"


@pytest.mark.parametrize(
    ("name", "value"),
    [("server.enableCORS", False), ("server.corsAllowedOrigins", ["https://class.example"]), ("browser.serverAddress", "class.example")],
)
def test_pages_that_streamlits_settings_name(client: TestClient, name: str, value: object) -> None:
    assert not origin_allowed("https://class.example", HERE)
    with streamlit_setting(name, value):
        assert seen_by_socket(client, "https://class.example") == "None"


def test_pages_that_our_settings_name(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ALLOWED_ORIGINS", "https://class.example,https://*.school.example:8443")
    assert seen_by_socket(client, "https://class.example") == "None"
    assert origin_allowed("https://a.b.school.example:8443", HERE)
    for other in ("http://class.example", "https://class.example:1", "https://school.example:8443", "https://a.school.example", *FOREIGN):
        assert not origin_allowed(other, HERE)


def test_every_socket_of_ours_is_behind_it() -> None:
    client = TestClient(Starlette(routes=mounted(""), middleware=[Middleware(OwnPages)]))
    sockets = [route.path for route in mounted("") if isinstance(route, WebSocketRoute)]
    assert len(sockets) >= 4
    for path in sockets:
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect(path.replace("{address}", "digits"), headers={"origin": "https://elsewhere.example"}),
        ):
            pass
        assert refused.value.code == 4403


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "192.168.1.7:8501", "[::1]:8501", "LAB.localhost", None])
def test_addresses_and_localhost_need_no_setting(host: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ALLOWED_HOSTS", "lab.example")
    assert host_allowed(host)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("lab.example", True), ("LAB.example.:443", True), ("a.nets.example", True), ("nets.example", False), ("evil.example", False),
        ("lab.example.evil.example", False), ("evil.example#lab.example", False), ("lab.example@evil.example", False), ("", False),
        ("[broken", False), ("127.0.0.1.evil.example", False), ("0x7f.1", False),
    ],
)  # fmt: skip
def test_other_names_need_one(host: str, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ALLOWED_HOSTS", "lab.example,*.nets.example")
    assert host_allowed(host) is allowed


@pytest.mark.parametrize(
    ("bound", "allowed"), [("localhost", False), ("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), (None, True)]
)
def test_without_a_setting_a_server_for_this_machine_answers_to_no_name_of_the_internet(bound: str | None, allowed: bool) -> None:
    with streamlit_setting("server.address", bound):
        assert host_allowed("rebound.example:8501") is allowed


def test_a_wrong_name_is_answered_with_the_setting(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_ALLOWED_HOSTS", "lab.example")
    answer = client.get("/", headers={"host": "rebound.example"})
    assert (answer.status_code, "PLAYGROUND_ALLOWED_HOSTS" in answer.text) == (421, True)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream", headers={"host": "rebound.example"}):
        pass
