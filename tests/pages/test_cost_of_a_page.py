"""What the script of a page does, which every visitor waits for."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.web import when_opened
from playground.web.session import who

Visit = Callable[..., AppTest]


def test_a_playground_of_which_nothing_is_opened_has_half_of_the_elements(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = len(list(visit("playground").main))
    monkeypatch.setattr(when_opened, "is_opened", lambda name: False)
    assert len(list(visit("playground").main)) < 0.6 * everything


def test_outside_of_rooms_the_settings_of_a_page_do_not_read_the_cookie(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(who, "visitor", lambda: read.append("") or "")
    monkeypatch.setattr(when_opened, "is_opened", lambda name: False)
    settings = len(visit("playground").number_input)
    assert len(read) < settings
