import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.sequences.vocabulary import UNKNOWN, Vocabulary, characters, padded, visible, words


def test_a_vocabulary_keeps_the_most_frequent_symbols_and_shows_the_others_as_unknown() -> None:
    vocabulary = Vocabulary.of("abracadabra", most=5)
    assert vocabulary.symbols == (UNKNOWN, "a", "b", "r")  # 5, 2 and 2 times; the rest, once each, is too rare
    assert len(vocabulary) == 5
    numbers = vocabulary.encode(list("barc"))
    assert numbers.tolist() == [3, 2, 4, 1]
    assert numbers.dtype == np.int64
    assert "".join(vocabulary.decode(numbers)) == f"bar{UNKNOWN}"


@given(st.text(max_size=50), st.integers(2, 20))
def test_any_text_survives_except_for_unknown_characters(text: str, most: int) -> None:
    tokens = characters(text)
    vocabulary = Vocabulary.of(tokens, most)
    assert len(vocabulary) <= most
    decoded = vocabulary.decode(vocabulary.encode(tokens))
    assert len(decoded) == len(tokens)
    assert all(after in (before, UNKNOWN) for before, after in zip(tokens, decoded, strict=True))
    if most >= len(set(tokens)) + 2:
        assert list(decoded) == tokens


def test_a_closed_vocabulary_names_the_symbol_that_it_lacks() -> None:
    with pytest.raises(ValueError, match="“2” is not one of the symbols 0 1"):
        Vocabulary(("0", "1")).encode(list("012"))


def test_padding_is_left_out_when_decoding() -> None:
    assert Vocabulary(("x", "y")).decode([0, 2, 1, 0, 0]) == ("y", "x")


def test_line_breaks_are_one_character_and_accents_belong_to_their_letter() -> None:
    assert characters("a\r\nb\rc\n") == ["a", "\n", "b", "\n", "c", "\n"]
    assert characters("e\u0301") == ["é"]
    assert characters("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It wasn’t bad at all!", ["it", "wasn't", "bad", "at", "all", "!"]),
        ("Good, but …", ["good", ",", "but", "…"]),
        ("x_1 = 3.5", ["x", "_", "1", "=", "3", ".", "5"]),
        ("שלום 👋 Straße", ["שלום", "👋", "straße"]),
        ("  \x00\x07 ", ["\x00", "\x07"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_invisible_characters_are_shown() -> None:
    assert "".join(map(visible, " \n\t\x07a\u202e\ufe0f")) == "␣⏎⇥\\x07a\\x202e\\xfe0f"
    assert Vocabulary((" ", "a")).labels == ("(padding)", "␣", "a")


def test_sequences_are_padded_or_cut_to_one_length() -> None:
    symbols = padded([np.array([1, 2, 3]), np.array([], dtype=np.int64), np.array([4, 5, 6, 7])], 3)
    assert symbols.tolist() == [[1, 2, 3], [0, 0, 0], [4, 5, 6]]
    numbers = padded([np.ones((1, 2), np.float32), np.zeros((2, 2), np.float32)], 2)
    np.testing.assert_array_equal(numbers, np.array([[[1, 1], [np.nan] * 2], [[0, 0], [0, 0]]], np.float32))
