from pydoc_data.topics import topics

import numpy as np
import pytest

from playground.catalog.datasets import DataError
from playground.catalog.sequences.text import CHARACTERS, continuations, documentation
from playground.catalog.sequences.vocabulary import Vocabulary, characters


def test_the_documentation_is_python_s_own_without_repetitions() -> None:
    text = documentation()
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    assert len(set(paragraphs)) == len(paragraphs)
    everything = {" ".join(paragraph.split()) for topic in topics.values() for paragraph in topic.strip("\n").split("\n\n")}
    assert set(paragraphs) == everything
    assert 200_000 < len(text) < 1_000_000


def test_nearly_every_character_is_known() -> None:
    vocabulary = Vocabulary(CHARACTERS)
    assert len(vocabulary) == 98
    assert (vocabulary.encode(characters(documentation())) == 1).mean() < 0.01


def test_the_text_is_cut_by_position_and_every_answer_is_the_next_symbol() -> None:
    symbols = np.arange(1, 31)
    data = continuations(symbols, window=4, stride=3, test_share=0.4)
    assert data.train.inputs.tolist() == [[start + step for step in range(4)] for start in (1, 4, 7, 10, 13)]
    assert data.test.inputs.tolist() == [[19, 20, 21, 22], [23, 24, 25, 26]]
    for split in (data.train, data.test):
        np.testing.assert_array_equal(split.targets + 1, split.inputs + 1)


def test_windows_of_the_test_that_occur_in_training_are_left_out() -> None:
    learned, tested = [1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 6, 9, 9]
    data = continuations(np.array(learned + tested), window=2, stride=1, test_share=6 / 13)
    assert data.test.inputs.tolist() == [[5, 6]]  # 5, 6 and then 9, unlike 3, 4, 5
    with pytest.raises(DataError, match="occurs in its training part"):
        continuations(np.ones(40, dtype=np.int64), 4, 1, 0.5)


def test_documentation_in_windows() -> None:
    symbols = Vocabulary(CHARACTERS).encode(characters(documentation()))
    data = continuations(symbols, 64, 16, 0.1)
    assert data.train.inputs.shape[1] == data.test.inputs.shape[1] == 64
    learned = {row.tobytes() for row in data.train.inputs}
    assert not [row for row in data.test.inputs if row.tobytes() in learned]
    assert data.train.targets.min() >= 0
    assert data.train.targets.max() < len(CHARACTERS)


def test_a_text_that_is_too_short_says_what_it_needs() -> None:
    with pytest.raises(DataError, match=r"has 9 symbols.*need 10"):
        continuations(np.arange(1, 10), 4, 1, 0.5)
