"""Share tokens: every spec comes back equal; what is cut, damaged, huge or foreign is refused with a reason."""

import base64
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.export.link import from_token, to_token
from playground.opening import load_spec
from playground.presets import PRESETS
from playground.spec import SpecError


def token_of(text: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text)).decode()


@pytest.mark.parametrize("name", PRESETS)
def test_round_trip_and_size(name: str) -> None:
    spec = PRESETS[name].spec
    token = to_token(spec)
    assert from_token(token) == spec
    assert len(token) <= 400
    assert load_spec(f"https://example.org/playground?spec={token}") == spec == load_spec(token)


@pytest.mark.parametrize("name", PRESETS)
def test_every_shortened_token_is_refused(name: str) -> None:
    token = to_token(PRESETS[name].spec)
    for length in range(len(token)):
        with pytest.raises(SpecError, match="link: "):
            from_token(token[:length])


def test_a_bomb_is_not_unpacked() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 10_000_000, 9)).decode()
    assert len(bomb) < 20_000
    with pytest.raises(SpecError, match="unpacks to more"):
        from_token(bomb)


@pytest.mark.parametrize(
    "token", ["", "x", "%%%", "a" * 30_000, token_of(b"[]"), token_of(b"{"), token_of(json.dumps({"version": 99}).encode()), "ä" * 40]
)
def test_hostile_tokens_are_refused(token: str) -> None:
    with pytest.raises(SpecError):
        from_token(token)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.text(alphabet="ABCxyz019-_=%/ ", max_size=3))
def test_a_changed_token_never_crashes(place: int, text: str) -> None:
    token = to_token(PRESETS["small_cnn"].spec)
    broken = token[:place] + text + token[place + 1 :]
    problems: tuple[str, ...] | None = None
    try:
        assert to_token(from_token(broken))
    except SpecError as error:
        problems = error.problems
    assert problems is None or problems[0]
