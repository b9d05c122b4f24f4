"""Encodings: from stored examples to inputs of a network and back, statistics without padding, text as symbols."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from playground.catalog.datasets import DATASETS, Brackets, Digits8, MnistSample, PythonDocs, Sentences
from playground.catalog.encodings import (
    ENCODINGS,
    CurveEncoding,
    Encoding,
    ImageEncoding,
    PointEncoding,
    RowEncoding,
    SequenceEncoding,
    SymbolEncoding,
    TextEncoding,
)  # fmt: skip
from playground.catalog.sequences.vocabulary import UNKNOWN, Vocabulary, words
from playground.catalog.tensors import TensorSpec

NAMES = Vocabulary.of("abc", 90)
EXAMPLES: list[Encoding] = [
    ImageEncoding(3, 5, 4), PointEncoding(), RowEncoding(7), CurveEncoding(), SequenceEncoding(6, 3, varies=True),
    SequenceEncoding(6), SymbolEncoding(6, NAMES), TextEncoding(6, NAMES, varies=True, unit="characters"),
]  # fmt: skip
ALL = pytest.mark.parametrize("encoding", EXAMPLES, ids=repr)


def stored(encoding: Encoding, count: int = 5, seed: int = 0) -> np.ndarray:
    """Random examples as a dataset stores them, some of them padded."""
    rng = np.random.default_rng(seed)
    shape = (count, *encoding.tensor.sizes)
    if encoding.tensor.vocabulary is not None:
        examples = rng.integers(1, encoding.tensor.vocabulary, shape)
    elif np.issubdtype(encoding.stored, np.integer):
        examples = rng.integers(0, 256, shape)
    else:
        examples = rng.normal(3, 2, shape)
    examples = examples.astype(encoding.stored)
    if encoding.tensor.varies:
        examples[::2, 4:] = 0 if encoding.tensor.vocabulary is not None else np.nan
    return examples


def test_every_encoding_is_tried() -> None:
    assert {type(each) for each in EXAMPLES} == set(ENCODINGS)
    assert len({each.title for each in ENCODINGS}) == len(ENCODINGS)
    assert {type(kind().encoding) for kind in DATASETS} <= set(ENCODINGS)


@ALL
def test_numbers_have_the_form_of_the_tensor_and_are_a_copy(encoding: Encoding) -> None:
    raw = stored(encoding)
    before = raw.copy()
    numbers = encoding.numbers(raw)
    assert numbers.shape == (5, *encoding.tensor.sizes)
    assert numbers.dtype == encoding.tensor.dtype
    numbers.fill_(1)
    assert np.array_equal(raw, before, equal_nan=raw.dtype == np.float32)
    with pytest.raises(ValueError, match="expected examples of shape"):
        encoding.numbers(np.zeros((2, 3, 3, 3, 3), encoding.stored))


@ALL
def test_raw_is_the_inverse_of_numbers(encoding: Encoding) -> None:
    raw = stored(encoding)
    assert np.array_equal(encoding.raw(encoding.numbers(raw)), raw, equal_nan=raw.dtype == np.float32)
    assert encoding.raw(encoding.numbers(raw)).dtype == encoding.stored


@ALL
def test_collated_examples_are_stored_ones(encoding: Encoding) -> None:
    raw = stored(encoding)
    padding = raw == 0 if encoding.tensor.vocabulary is not None else np.isnan(raw.astype(float))
    whole = raw.reshape(len(raw), raw.shape[1], -1)
    cut = [example[~padding[row].reshape(len(whole[row]), -1)[:, 0]] for row, example in enumerate(raw)]
    assert len(cut) == len(raw)
    assert np.array_equal(encoding.collated(cut), raw, equal_nan=raw.dtype == np.float32)


@pytest.mark.parametrize("encoding", [each for each in EXAMPLES if each.standardizes], ids=repr)
def test_statistics_are_those_of_all_values_that_are_not_padding(encoding: Encoding) -> None:
    raw = stored(encoding, 50)
    numbers = encoding.numbers(raw).double().numpy()
    kept = encoding.tensor.names.index("channels" if encoding.tensor.has("channels") else "features") + 1
    columns = np.moveaxis(numbers, kept, 0).reshape(numbers.shape[kept], -1)
    mean, deviation = encoding.statistics(raw)
    np.testing.assert_allclose(mean.flatten(), np.nanmean(columns, axis=1), rtol=1e-5)
    np.testing.assert_allclose(deviation.flatten(), np.nanstd(columns, axis=1), rtol=1e-5)
    scaled = encoding.scaled(encoding.numbers(raw), mean, deviation)
    torch.testing.assert_close(encoding.unscaled(scaled, mean, deviation), encoding.numbers(raw), equal_nan=True)
    assert torch.equal(scaled.isnan(), encoding.numbers(raw).isnan())
    np.testing.assert_allclose(encoding.mean(raw), np.nanmean(numbers, axis=0), rtol=1e-5)


def test_a_step_that_no_sequence_has_stays_padding_in_the_mean() -> None:
    encoding = SequenceEncoding(4, varies=True)
    mean = encoding.mean(encoding.collated([np.array([1.0, 2]), np.array([3.0, 4, 5])]))
    torch.testing.assert_close(mean, torch.tensor([[2.0], [3], [5], [torch.nan]]), equal_nan=True)


def test_symbols_cannot_be_standardized() -> None:
    for name in ("statistics", "mean"):
        with pytest.raises(TypeError, match="no mean"):
            getattr(SymbolEncoding(6, NAMES), name)(np.ones((2, 6), np.int64))


def test_images_are_bytes_or_numbers_from_0_to_1() -> None:
    encoding = ImageEncoding(1, 2, 2)
    raw = np.array([[[0, 51], [102, 255]]], np.uint8)
    expected = torch.tensor([[[[0, 0.2], [0.4, 1]]]])
    torch.testing.assert_close(encoding.numbers(raw), expected)
    torch.testing.assert_close(encoding.numbers(expected.numpy()), expected)
    assert encoding.raw(torch.tensor([-1.0, 0.5, 2])).tolist() == [0, 128, 255]
    assert encoding.preprocessing == {"divide_by": 255}


def test_padding_is_that_of_pytorch() -> None:
    sequences = [torch.randn(length, 3) for length in (4, 6, 1)]
    expected = pad_sequence(sequences, batch_first=True, padding_value=torch.nan)
    encoding = SequenceEncoding(6, 3, varies=True)
    assert encoding.tensor == TensorSpec.sequence(6, 3, varies=True)
    torch.testing.assert_close(torch.from_numpy(encoding.collated([each.numpy() for each in sequences])), expected, equal_nan=True)
    short = encoding.numbers(torch.randn(2, 4, 3))
    assert short.shape == (2, 6, 3)
    assert short[:, 4:].isnan().all()
    symbols = SymbolEncoding(5, NAMES, varies=True)
    assert symbols.collated([np.array([4, 2]), np.array([1, 1, 1, 1, 3])]).tolist() == [[4, 2, 0, 0, 0], [1, 1, 1, 1, 3]]
    assert symbols.numbers(np.array([[2, 3]])).tolist() == [[2, 3, 0, 0, 0]]


@pytest.mark.parametrize(
    ("encoding", "example", "message"),
    [
        (SequenceEncoding(4, 2, varies=True), np.zeros((5, 2)), "sequence 0: expected up to 4 steps of 2 numbers"),
        (SequenceEncoding(4, 2, varies=True), np.zeros((0, 2)), "sequence 0"),
        (SequenceEncoding(4, 2, varies=True), np.zeros((3, 1)), "sequence 0"),
        (SequenceEncoding(4, 2), np.zeros((3, 2)), "expected 4 steps"),
        (SymbolEncoding(4, NAMES, varies=True), np.array([], int), "expected up to 4 symbols"),
        (SymbolEncoding(4, NAMES, varies=True), np.array([1, 0, 2]), "from 1 to 4, got 0 to 2"),
        (SymbolEncoding(4, NAMES, varies=True), np.array([1, 5]), "from 1 to 4, got 1 to 5"),
        (TextEncoding(4, NAMES), np.array([1, 2]), "expected 4 words"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(encoding: Encoding, example: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encoding.collated([example])


def test_words_are_read_and_written() -> None:
    vocabulary = Vocabulary.of(words("The cat isn't here, the dog is. The END"), 6)
    encoding = TextEncoding(8, vocabulary, varies=True)
    read = encoding.read("The cat, a dog.")
    assert encoding.written([*read, 0, 0]) == f"the cat , {UNKNOWN} {UNKNOWN} ."
    assert [encoding.symbols[symbol] for symbol in read] == ["the", "cat", ",", UNKNOWN, UNKNOWN, "."]
    assert encoding.read("").shape == (0,)
    assert encoding.preprocessing["symbols"] == list(vocabulary.symbols)


def test_characters_return_as_the_same_text() -> None:
    text = "Straße, 東京 \N{GRINNING FACE}\n"
    encoding = TextEncoding(40, Vocabulary.of(text, 90), unit="characters")
    assert encoding.written(encoding.read(text).tolist()) == text
    assert encoding.written(encoding.read("z").tolist()) == UNKNOWN
    assert encoding.tensor.vocabulary == len(set(text)) + 2


def test_a_dataset_names_itself_if_examples_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"MNIST sample\): expected examples of shape 1×28×28, got an array of shape \(2, 3\)"):
        MnistSample().numbers(np.zeros((2, 3), np.uint8))


def test_only_the_encodings_know_one_another() -> None:
    """No other module asks an encoding for its class, title or picture to decide something: encodings declare what differs."""
    names = {kind.__name__ for kind in ENCODINGS}
    root = Path(__file__).parents[2] / "playground"
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in root.rglob("*.py")
        if path.parent != root / "catalog" / "encodings"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if set(_asked(node)) & names
    ]
    assert not found


def _asked(node: ast.AST) -> Iterator[str]:
    """The classes that a test (`isinstance`, `issubclass`, `is`, `==`, `match`) compares with."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
            yield from (each.id for each in ast.walk(kinds) if isinstance(each, ast.Name))
        case ast.Compare(left=left, comparators=others):
            yield from (each.id for other in (left, *others) for each in ast.walk(other) if isinstance(each, ast.Name))
        case ast.MatchClass(cls=ast.Name(id=name)):
            yield name


def test_the_check_above_finds_what_it_looks_for() -> None:
    for code in ("isinstance(x, A | B)", "type(x) is A", "x == A()", "match x:\n    case A():\n        pass"):
        assert any("A" in _asked(node) for node in ast.walk(ast.parse(code)))


def test_examples_are_typed_as_they_are_written() -> None:
    brackets, words, signs = Brackets().encoding, Sentences().encoding, PythonDocs(window=8).encoding
    assert brackets.read("([ ]\n)").tolist() == brackets.read("( [ ] )").tolist() == [1, 3, 4, 2]
    assert brackets.written([1, 3, 4, 2, 0]) == "( [ ] )"
    assert words.written(words.read("Not BAD!").tolist()).split()[:2] == ["not", "bad"]
    assert words.read("zyzzyva").tolist() == [words.unknown]
    assert signs.written(signs.read("a b").tolist()) == "a b"
    with pytest.raises(ValueError, match="is not one of the symbols"):
        brackets.read("(x)")
    assert SymbolEncoding(3, Vocabulary(("up", "down"))).read("down up").tolist() == [2, 1]


def test_sequences_of_numbers_are_typed_line_by_line() -> None:
    encoding = SequenceEncoding(4, 2)
    np.testing.assert_array_equal(encoding.read("1 2\n\n-0.5, 1e3\n"), np.array([[1, 2], [-0.5, 1000]], np.float32))
    assert encoding.read("").shape == (0, 2)
    for text, says in (
        ("1 2\n3", "line 2: expected 2 numbers, got 1"),
        ("1 nan", "“nan” is not a finite"),
        ("1 1e39", "1e39"),
        ("a b", "“a”"),
    ):
        with pytest.raises(ValueError, match=says):
            encoding.read(text)
    typed = encoding.typed("1 2\n3 4\n5 6\n7 8\n9 0")
    assert (encoding.as_typed(typed.steps), typed.tokens, typed.cut) == ("1 2\n3 4\n5 6\n7 8", ("1", "2", "3", "4"), 1)
    assert encoding.as_typed(encoding.typed("1 2\n3 4\n5 6\n7 8\n9 0", last=True).steps) == "3 4\n5 6\n7 8\n9 0"
    with pytest.raises(TypeError, match="images cannot be typed"):
        Digits8().encoding.read("1")


def test_whatever_is_typed_is_read_as_far_as_possible() -> None:
    closed, opened = SymbolEncoding(4, Vocabulary(("a", "b"))), TextEncoding(4, Vocabulary((UNKNOWN, "a", " ")), unit="characters")
    typed = closed.typed("ab x b\n\x00a b")
    assert (closed.written(typed.steps), typed.left_out, typed.cut) == ("a b b a", ("x", "\\x00"), 1)
    assert closed.written(closed.typed("aabab", last=True).steps) == "a b a b"
    typed = opened.typed("a é🙂")
    assert (typed.steps.tolist(), typed.tokens, typed.unknown) == ([2, 3, 1, 1], ("a", "␣", "é", "🙂"), (2, 3))
    assert opened.typed("").steps.shape == (0,)
    with pytest.raises(TypeError, match="images"):
        MnistSample().encoding.typed("1")


def test_the_steps_of_an_example_have_names_without_its_padding() -> None:
    symbols, numbers = SymbolEncoding(4, Vocabulary(("a", "b")), varies=True), SequenceEncoding(3, 2, varies=True)
    raw = symbols.unpadded(np.array([2, 1, 1, 0]))
    assert (symbols.steps(raw), symbols.as_typed(raw)) == (("b", "a", "a"), "b a a")
    steps = numbers.unpadded(np.array([[1, 2], [3, 4], [np.nan, np.nan]], np.float32))
    assert (steps.tolist(), numbers.steps(steps), numbers.as_typed(steps)) == ([[1, 2], [3, 4]], ("1", "2"), "1 2\n3 4")
    image = np.zeros((1, 8, 8), np.uint8)
    assert Digits8().encoding.unpadded(image) is image
    assert Digits8().encoding.steps(image) == ()
