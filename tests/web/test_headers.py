"""The content security policy, as settings and the installed Streamlit make it. That pages work under it is tested by a real browser."""

import base64
import hashlib
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from playground.web.security.headers import SecurityHeaders, inline_scripts


def test_who_may_frame_the_app_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_FRAME_ANCESTORS", "'self',https://*.school.example")
    answer = TestClient(Starlette(middleware=[Middleware(SecurityHeaders)])).get("/nowhere")
    rules = answer.headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'self' https://*.school.example" in rules
    assert not [rule for rule in rules if "http" in rule and not rule.startswith("frame-ancestors")]
    assert not [rule for rule in rules if "unsafe-eval" in rule or ("unsafe-inline" in rule and not rule.startswith("style-src"))]


def test_the_inline_script_of_streamlits_page_is_known_by_its_hash() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    script = page[page.index("<script>") + len("<script>") : page.index("</script>")]
    assert inline_scripts() == (f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'",)
