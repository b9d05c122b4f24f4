"""A link makes another browser one of the same owner: once, within minutes, and only as this server signed it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from playground.web.routes import mounted
from playground.web.security import device_links, signing
from playground.web.security.device_links import VALID_MINUTES, LinkError, new_link, read_link, use_link
from playground.web.security.origins import OwnPages
from playground.web.security.owner import OwnerCookie, new_owner, owner_of
from playground.web.server import runs
from tests.web.test_own_runs import stored

PAGE = {"accept": "text/html"}


@pytest.fixture
def browser() -> Iterator[TestClient]:
    """Another browser than the one in which the links are made."""

    async def page(request: Request) -> Response:
        return PlainTextResponse(owner_of(request))

    app = Starlette(routes=[*mounted(""), Route("/{path:path}", page)], middleware=[Middleware(OwnPages), Middleware(OwnerCookie)])
    with TestClient(app) as client:
        client.get("/", headers=PAGE)
        yield client


def test_the_other_browser_gets_the_owner_and_the_link_works_once(browser: TestClient) -> None:
    owner = new_owner()
    link = new_link(owner)
    assert read_link(link).owner == owner
    before = browser.get("/").text
    assert before not in ("", owner)
    answer = browser.post("/device/join", content=link)
    assert (answer.status_code, answer.text) == (200, "")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.get("/").text == owner
    again = browser.post("/device/join", content=link)
    assert (again.status_code, again.text.split(":")[0]) == (410, "This link has been used already")
    assert "set-cookie" not in again.headers


def test_the_runs_of_the_other_browser_can_be_brought_along(browser: TestClient) -> None:
    owner, before = new_owner(), browser.get("/").text
    brought = stored(before)
    assert browser.post("/device/join?bring", content="forged").status_code == 410
    assert runs().info(brought).owner == before
    browser.post("/device/join?bring", content=new_link(owner))
    assert runs().info(brought).owner == owner
    left = stored(owner)
    browser.post("/device/join", content=new_link(new_owner()))
    assert runs().info(left).owner == owner


def test_of_many_who_use_a_link_at_once_one_succeeds() -> None:
    link = new_link(new_owner())

    def use(_: int) -> bool:
        try:
            use_link(link)
        except LinkError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(16))) == 1


def test_an_old_link_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    link = new_link(new_owner())
    now = time.time()
    monkeypatch.setattr(device_links.time, "time", lambda: now + 60 * VALID_MINUTES - 5)
    assert read_link(link)
    monkeypatch.setattr(device_links.time, "time", lambda: now + 60 * VALID_MINUTES + 5)
    with pytest.raises(LinkError, match="valid for 10 minutes, which are over"):
        use_link(link)


def forgeries() -> list[str]:
    owner, key = new_owner(), signing.keys()[0]
    link = new_link(owner)
    return [
        "", "noise", "é" * 300, link[:-1], link.replace(owner, new_owner()), f"{owner}.{'x' * 22}",
        signing.sign(owner, "owner", key), signing.sign(f"{owner}.{'x' * 22}", "owner", key),
        signing.sign(f"admin.{'x' * 22}", "device", key),
        signing.sign(f"{owner}.{'x' * 22}", "device", "guess" * 10),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(10))
def test_forged_links_are_refused(browser: TestClient, number: int) -> None:
    before = browser.get("/").text
    answer = browser.post("/device/join", content=forgeries()[number].encode())
    assert answer.status_code == 410
    assert "incomplete or not from this server" in answer.text
    assert browser.get("/").text == before


def test_pages_of_other_sites_cannot_make_a_visitor_join_or_leave(browser: TestClient) -> None:
    link = new_link(new_owner())
    before = browser.get("/").text
    for path in ("/device/join", "/device/leave"):
        assert browser.post(path, content=link, headers={"origin": "https://evil.example"}).status_code == 403
        assert browser.get(path).text == before  # a link to it is a page like any other
    assert browser.post("/device/join", content="x" * 5000).status_code == 413
    assert read_link(link)
    assert browser.get("/").text == before


def test_a_browser_that_leaves_is_a_new_visitor(browser: TestClient) -> None:
    before = browser.get("/").text
    assert browser.post("/device/leave").status_code == 200
    assert browser.get("/").text == ""
    browser.get("/", headers=PAGE)
    assert browser.get("/").text not in ("", before)
