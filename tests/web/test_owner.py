"""A visitor's owner: by a signed cookie that survives restarts and new keys, and that nobody can forge."""

import base64
import hashlib
import hmac
import json
import re
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace

import pytest
from itsdangerous import TimestampSigner
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config

from playground.web.security import signing
from playground.web.security.owner import LASTS_SECONDS, OwnerCookie, account, owner_of
from playground.web.security.owner import visitor as visitor_of_script

OLD, NEW = "old" * 11, "new" * 11
PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return tmp_path


def visitor(scheme: str = "http", cookies: dict[str, str] | None = None) -> TestClient:
    """A browser that has these cookies. The app answers with the owner of the request."""

    async def page(request: Request) -> Response:
        return PlainTextResponse(owner_of(request))

    app = Starlette(routes=[Route("/{path:path}", page)], middleware=[Middleware(OwnerCookie)])
    return TestClient(app, base_url=f"{scheme}://lab.example", cookies=cookies)


def cookie(response: object) -> tuple[str, str, dict[str, object]]:
    """Name, value and attributes of the one cookie that a response sets."""
    (line,) = response.headers.get_list("set-cookie")  # type: ignore[attr-defined]
    ((name, morsel),) = SimpleCookie(line).items()
    return name, morsel.value, {key: value for key, value in morsel.items() if value}


def test_a_page_sets_a_cookie_and_everything_later_brings_it() -> None:
    browser = visitor()
    opened = browser.get("/", headers=PAGE)
    _, value, attributes = cookie(opened)
    assert attributes == {"max-age": str(LASTS_SECONDS), "path": "/", "httponly": True, "samesite": "Lax"}
    assert opened.headers["cache-control"] == "no-store"
    owner = value.split(".")[0]
    assert re.fullmatch(r"a[A-Za-z0-9_-]{22}", owner)
    again = browser.get("/data", headers=PAGE)
    assert again.text == browser.get("/file.js").text == owner
    assert "set-cookie" not in again.headers


def test_only_pages_set_cookies_so_that_a_new_visitor_gets_one() -> None:
    browser = visitor()
    assert "set-cookie" not in browser.get("/file.js", headers={"accept": "*/*"}).headers
    assert browser.get("/file.js").text == ""


def test_the_cookie_is_secure_under_https_and_stays_under_the_path() -> None:
    assert cookie(visitor("https").get("/", headers=PAGE))[2]["secure"]
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "class/nets/", "a test")
    try:
        assert cookie(visitor().get("/class/nets/", headers=PAGE))[2]["path"] == "/class/nets"
    finally:
        config.set_option("server.baseUrlPath", before, "<default>")


def forged(kind: str, value: str) -> str:
    """A bad cookie, made from a good one."""
    owner, signed_at, signature = value.split(".")
    other = hmac.new(b"guess", f"{owner}.{signed_at}".encode(), hashlib.sha256).digest()
    key = signing.keys()[0]
    return {
        "another owner": f"a{'x' * 22}.{signed_at}.{signature}",
        "another key": f"{owner}.{signed_at}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}",
        "another purpose": signing.sign(owner, "login", key),
        "no owner": signing.sign("admin", "owner", key),
        "expired": signed_at_time(owner, time.time() - LASTS_SECONDS - 1),
        "a time beyond all calendars": signed_at_time(owner, 1e17),
        "not signed": owner,
        "noise": "\x01.%00..",
        "long": "a" * 4000,
    }[kind]


def signed_at_time(owner: str, seconds: float) -> str:
    signer = TimestampSigner(signing.keys()[0], salt="playground owner", digest_method=hashlib.sha256)
    signer.get_timestamp = lambda: int(seconds)  # type: ignore[method-assign]
    return signer.sign(owner).decode()


FORGERIES = (
    "another owner", "another key", "another purpose", "no owner", "expired", "a time beyond all calendars", "not signed", "noise", "long"
)  # fmt: skip


@pytest.mark.parametrize("kind", FORGERIES)
def test_forged_and_expired_cookies_are_replaced(kind: str) -> None:
    name, value, _ = cookie(visitor().get("/", headers=PAGE))
    bad = forged(kind, value)
    response = visitor().get("/", headers={**PAGE, "cookie": f"{name}={bad}"})
    assert response.status_code == 200
    assert response.text == ""
    assert cookie(response)[1].split(".")[0] not in (value.split(".")[0], "a" + "x" * 22)


def test_a_clock_that_was_set_back_loses_nobody() -> None:
    name, value, _ = cookie(visitor().get("/", headers=PAGE))
    owner = value.split(".")[0]
    response = visitor(cookies={name: signed_at_time(owner, time.time() + 1e8)}).get("/", headers=PAGE)
    assert response.text == owner
    assert cookie(response)[1].startswith(f"{owner}.")


def test_keys_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_SECRET", OLD)
    browser = visitor()
    owner = cookie(browser.get("/", headers=PAGE))[1].split(".")[0]
    monkeypatch.setenv("PLAYGROUND_SECRET", f"{NEW},{OLD}")
    renewed = browser.get("/", headers=PAGE)
    assert renewed.text == owner
    assert cookie(renewed)[1].split(".")[0] == owner
    monkeypatch.setenv("PLAYGROUND_SECRET", NEW)
    assert browser.get("/", headers=PAGE).text == owner
    monkeypatch.setenv("PLAYGROUND_SECRET", "other" * 7)
    assert browser.get("/", headers=PAGE).text == ""


def test_servers_with_different_keys_on_one_machine_do_not_replace_each_others_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = {}
    for key in (OLD, NEW):
        monkeypatch.setenv("PLAYGROUND_SECRET", key)
        name, value, _ = cookie(visitor(cookies=cookies).get("/", headers=PAGE))
        cookies[name] = value
    assert len(cookies) == 2
    monkeypatch.setenv("PLAYGROUND_SECRET", OLD)
    assert visitor(cookies=cookies).get("/").text == next(iter(cookies.values())).split(".")[0]


def test_all_servers_on_a_folder_have_one_key_that_only_their_user_can_read(folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: signing._kept.__wrapped__(folder / "data"), range(16)))
    assert len(made) == 1
    (file,) = (folder / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {file.read_text()} == made
    assert len(made.pop()) == 64


def test_a_folder_that_cannot_be_written_gives_a_key_for_now(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert len(signing._kept.__wrapped__(tmp_path / "file" / "data")) == 64
    assert "cannot be kept" in caplog.text


def test_an_account_has_the_same_owner_everywhere() -> None:
    ada = {"iss": "https://login.school.example", "sub": "1", "email": "ada@school.example"}
    assert account(ada) == account(json.loads(json.dumps(ada)))
    assert re.fullmatch(r"u[A-Za-z0-9_-]{22}", account(ada))
    assert len({account(ada), account({**ada, "sub": "2"}), account({**ada, "iss": "https://other.example"})}) == 3
    assert account({"email": "ada@school.example"}) != account({"email": "bob@school.example"})
    assert account({"is_logged_in": True}) == ""


def test_the_owner_of_a_script_is_its_login_or_else_its_cookie_and_no_file_is_opened_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page asks several times."""
    user: dict[str, object] = {"sub": "ada", "is_logged_in": True}
    name, value, _ = cookie(visitor().get("/", headers=PAGE))
    monkeypatch.setattr("playground.web.security.owner.get_script_run_ctx", lambda: SimpleNamespace(user_info=user))
    monkeypatch.setattr("playground.web.security.owner.st.context", SimpleNamespace(cookies={name: value}))
    monkeypatch.setattr("builtins.open", None)
    assert visitor_of_script() == account(user)
    user["is_logged_in"] = False
    assert visitor_of_script() == value.split(".")[0]
