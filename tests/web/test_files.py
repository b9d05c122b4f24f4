import asyncio
import gzip
import json
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.web import plotly_script
from playground.web.components.network import catalog
from playground.web.routes import mounted
from playground.web.routes.files import ASSETS


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("js/socket.js", "text/javascript"), ("js/views/scatter.js", "text/javascript"), ("css/tokens.css", "text/css")],
)
def test_a_file_is_served_as_it_lies_and_asked_about_each_time(client: TestClient, path: str, media_type: str) -> None:
    answer = client.get(f"/assets/{path}")
    assert answer.content == (ASSETS / path).read_bytes()
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    known = client.get("/assets/js/socket.js").headers["etag"]
    again = client.get("/assets/js/socket.js", headers={"if-none-match": known})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["cache-control"] == "no-cache"


async def status_of(path: str) -> int:
    """The answer to a path exactly as written: a client would tidy away the dots that an attacker sends."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client stays
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
    }
    await Starlette(routes=mounted(""))(scope, receive, send)
    return int(sent[0]["status"])


def test_a_raw_path_inside_is_served() -> None:
    assert asyncio.run(status_of("/assets/js/views/../socket.js")) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/js/../../app.py",
        "/assets/js/%2e%2e/%2e%2e/app.py",
        "/assets/js/..%2f..%2fapp.py",
        "/assets/js/%2fetc%2fpasswd",
        "/assets/js//etc/passwd",
        "/assets/css/../js/socket.js",
        "/assets/css/../icon.svg",
        "/assets/js/",
        "/assets/js/none.js",
        "/assets/pretrained/digits/spec.json",
        "/assets/icon.svg",
    ],
)
def test_nothing_outside_is_served(path: str) -> None:
    assert asyncio.run(status_of(path)) == 404


def test_plotly_is_kept_for_good_under_an_address_that_names_its_version(client: TestClient) -> None:
    packed = client.get(plotly_script.PATH, headers={"accept-encoding": "gzip"})
    bare = client.get(plotly_script.PATH, headers={"accept-encoding": "identity"})
    original = plotly_script.FILE.read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == bare.content == original
    assert "content-encoding" not in bare.headers
    for answer in (packed, bare):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
    assert gzip.decompress(plotly_script.packed()) == original


def test_under_a_base_path_all_routes_move_with_it() -> None:
    client = TestClient(Starlette(routes=mounted("/lab/")))
    assert client.get("/lab/assets/js/socket.js").status_code == 200
    assert client.get(f"/lab{plotly_script.PATH}").status_code == 200
    assert client.get("/assets/js/socket.js").status_code == 404


def test_the_catalog_of_layers_is_a_module_that_is_sent_again_only_if_it_has_changed(client: TestClient) -> None:
    answer = client.get("/network/catalog.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    before, _, rest = answer.text.partition("export default ")
    assert (before, json.loads(rest.removesuffix(";\n"))) == ("", catalog())
    assert client.get("/network/catalog.js", headers={"accept-encoding": "identity"}).content == answer.content
    again = client.get("/network/catalog.js", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
