"""The page around every script and the files of Streamlit's front end: the same bytes as Streamlit's own, without a thread."""

import os
import re
import subprocess
import sys
from pathlib import Path

import anyio.to_thread
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from playground.web.front_end import FOLDER, PAGES, FrontEnd

ROOT = Path(__file__).resolve().parents[2]
TWO_VISITORS = """if True:
    import anyio.to_thread
    from starlette.testclient import TestClient
    from app import app

    async def refuse(*args, **options):
        raise AssertionError("a file was handed over to a thread")

    client = TestClient(app, base_url="http://localhost")
    client.get("/healthz")  # starts Streamlit
    anyio.to_thread.run_sync = refuse
    cookies = set()
    for visitor in range(2):
        client.cookies.clear()
        page = client.get("/playground", headers={"accept": "text/html"})
        (cookie,) = page.headers.get_list("set-cookie")
        cookies.add(cookie)
        assert page.headers["cache-control"] == "no-store" and "content-security-policy" in page.headers
    assert len(cookies) == 2, cookies"""
"""The app itself."""
STREAMLIT = TestClient(create_streamlit_static_handler(str(FOLDER), None))


def client(prefix: str = "") -> TestClient:
    """Answers "passed on" where it leaves the request to Streamlit."""
    rest = Mount("/", PlainTextResponse("passed on"))
    return TestClient(Starlette(routes=[rest], middleware=[Middleware(FrontEnd, prefix=prefix)]))


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a file was handed over to a thread")

    monkeypatch.setattr(anyio.to_thread, "run_sync", refuse)


@pytest.mark.parametrize("path", ["/", *(f"/{page.stem}" for page in PAGES.glob("*.py"))])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.usefixtures("no_threads")
def test_every_page_is_streamlits(path: str, encoding: str) -> None:
    answer = client().get(path, params={"spec": "x"}, headers={"accept-encoding": encoding})
    assert answer.content == (FOLDER / "index.html").read_bytes()
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_all_files_that_a_page_loads_are_streamlits() -> None:
    paths = re.findall(r"\"\.(/static/[^\"]+)\"", (FOLDER / "index.html").read_text())
    paths += [f"/{max(FOLDER.rglob('*.js'), key=lambda file: file.stat().st_size).relative_to(FOLDER).as_posix()}"]
    assert {Path(path).suffix for path in paths} >= {".js", ".css", ".woff2"}
    for path in paths:
        ours, theirs = client().get(path), STREAMLIT.get(path)
        assert ours.content == theirs.content
        assert [ours.headers[name] for name in ("content-type", "content-length", "cache-control")] == [
            theirs.headers[name] for name in ("content-type", "content-length", "cache-control")
        ]


@pytest.mark.usefixtures("no_threads")
def test_a_file_needs_no_thread() -> None:
    path = next(FOLDER.rglob("*.js"))
    assert client().get(f"/{path.relative_to(FOLDER).as_posix()}").content == path.read_bytes()


def test_what_it_does_not_know_is_left_to_streamlit() -> None:
    script = f"/{next(FOLDER.rglob('*.js')).relative_to(FOLDER).as_posix()}"
    ours = client()
    for path in ("/nowhere", "/static/js/nothing.js", "/static/../index.html", "/static/%2e%2e/index.html", "/playground/", "/index.html"):
        assert ours.get(path).text == "passed on"
    assert ours.get(script, headers={"range": "bytes=0-9"}).text == "passed on"
    assert ours.post("/playground").text == "passed on"


def test_pages_under_a_prefix() -> None:
    ours = client("/lab/")
    assert ours.get("/lab/playground").content == ours.get("/lab/").content == (FOLDER / "index.html").read_bytes()
    assert ours.get("/playground").text == "passed on"


def test_the_app_answers_pages_this_way_each_with_a_cookie_of_its_own(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PLAYGROUND_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", TWO_VISITORS], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
