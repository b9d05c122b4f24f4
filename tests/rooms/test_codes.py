"""Codes are typed by people, names are read by them, and nobody types a name."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.rooms.codes import ALPHABET, LENGTH, fits, hashed, impossible_in, new_code, new_key, read_code, spaced
from playground.rooms.names import ANIMALS, COLORS, MOST_NAMES, Name, free_name

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_no_character_looks_like_another_and_no_code_is_a_word() -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S8BUVAEIOU")
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert len(ALPHABET) ** LENGTH > 80_000_000


@given(CODES, st.lists(st.sampled_from(" -–"), max_size=LENGTH), st.booleans())
def test_a_code_is_read_however_it_is_typed(code: str, between: list[str], lower: bool) -> None:
    typed = "".join(character + mark for character, mark in zip(code, [*between, *[""] * LENGTH], strict=False))
    assert read_code(f" {typed.lower() if lower else typed}\n") == code
    assert read_code(spaced(code)) == code


@given(st.text())
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


@pytest.mark.parametrize("text", ["", "CDF34", "CDF3477", "CDF34O", "ÇDF347", "CDF347" * 1000, "ＣＤＦ３４７", "𝐂DF347"])
def test_almost_a_code_is_none(text: str) -> None:
    assert read_code(text) is None


@given(st.text(st.sampled_from(string.ascii_letters + string.digits), min_size=LENGTH, max_size=LENGTH))
def test_what_is_no_code_of_letters_and_digits_says_which_of_them_cannot_be(text: str) -> None:
    impossible = impossible_in(text)
    assert bool(impossible) == (read_code(text) is None)
    assert set(impossible) == set(text.upper()) - set(ALPHABET)


def test_codes_and_keys_are_drawn_anew() -> None:
    assert len({new_code() for _ in range(200)}) > 195
    assert all(read_code(new_code()) for _ in range(50))
    assert len({new_key() for _ in range(50)}) == 50
    assert set(new_key()) <= set(string.ascii_letters + string.digits + "-_")


def test_a_key_fits_its_own_hash_only() -> None:
    key = new_key()
    assert fits(key, hashed(key))
    assert not fits(new_key(), hashed(key))
    assert not fits("", hashed(""))
    assert not fits(hashed(key), hashed(key))


@given(st.sets(st.tuples(st.sampled_from(COLORS), st.sampled_from(ANIMALS)), max_size=MOST_NAMES - 1))
def test_a_free_name_is_not_taken_and_as_rare_as_can_be(taken: set[Name]) -> None:
    color, animal = free_name(taken)
    assert (color, animal) not in taken
    if len({theirs for _, theirs in taken}) < len(ANIMALS):
        assert animal not in {theirs for _, theirs in taken}


def test_there_are_names_for_the_largest_room_and_no_more() -> None:
    taken: set[Name] = set()
    for _ in range(MOST_NAMES):
        taken.add(free_name(taken))
    assert len(taken) == MOST_NAMES
    with pytest.raises(ValueError, match="taken"):
        free_name(taken)
