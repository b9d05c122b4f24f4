"""Previews of sequences of numbers and of symbols, with datasets made up for them."""

import base64
import html
import re
from collections.abc import Callable, Iterable
from typing import ClassVar, Literal

import numpy as np
import pytest

from playground.catalog.datasets import Data, Dataset, PythonDocs, Rearranging, Split
from playground.catalog.encodings import ENCODINGS, Encoding, SequenceEncoding, SymbolEncoding, TextEncoding
from playground.catalog.sequences.puzzles import Rearrangement
from playground.catalog.sequences.vocabulary import Vocabulary
from playground.catalog.tasks import Forecast, Multiclass, Regression, Task
from playground.web.dataset_previews import PICTURES, caption, preview, thumbnail
from playground.web.svg import CLASS_COLORS


class Waves(Dataset):
    """Sines and ramps of different lengths, two features."""

    title: ClassVar[str] = "Waves"
    source: ClassVar[str] = "made up"
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = ("sine", "<ramp>")
    encoding: ClassVar[Encoding] = SequenceEncoding(10, 2, varies=True)

    kind: Literal["waves"] = "waves"

    def examples(self) -> Data:
        steps = [np.arange(length, dtype=np.float32) for length in (10, 4, 7)]
        inputs = self.encoding.collated([np.stack([np.sin(each), each / 10], axis=1) for each in steps])
        split = Split(inputs, np.array([0, 1, 0]))
        return Data(split, split)


class Series(Waves):
    """Windows of a line, and the next two steps."""

    title: ClassVar[str] = "Series"
    task: ClassVar[Task] = Forecast()
    classes: ClassVar[tuple[str, ...]] = ()
    encoding: ClassVar[Encoding] = SequenceEncoding(4)

    def examples(self) -> Data:
        windows = np.arange(30, dtype=np.float32)[:, None] + np.arange(6, dtype=np.float32)
        split = Split(windows[:, :4, None], windows[:, 4:])
        return Data(split, split)


class Letters(Waves):
    """Letters from a small vocabulary, whose class is a value."""

    title: ClassVar[str] = "Letters"
    task: ClassVar[Task] = Regression()
    classes: ClassVar[tuple[str, ...]] = ()
    encoding: ClassVar[Encoding] = SymbolEncoding(5, Vocabulary(("a", "<b>", " ")), varies=True)

    def examples(self) -> Data:
        split = Split(self.encoding.collated([np.array([1, 2, 3]), np.array([2, 2, 2, 2, 1])]), np.array([[0.5], [2]], np.float32))
        return Data(split, split)


class Sentences(Letters):
    """The same, from a vocabulary that is too large for colors."""

    encoding: ClassVar[Encoding] = TextEncoding(5, Vocabulary(tuple(f"word{number}" for number in range(20))), varies=True)


def drawings(text: str) -> list[str]:
    return [base64.b64decode(each).decode() for each in re.findall(r"image/svg\+xml;base64,([^\"]+)", text)]


def lines(drawing: str, more: str = "") -> list[np.ndarray]:
    return [
        np.array([[float(number) for number in point.split(",")] for point in points.split()])
        for points in re.findall(rf'<polyline class="line class-\d{more}" points="([^"]+)"', drawing)
    ]


def test_every_picture_can_be_drawn() -> None:
    assert {kind.picture for kind in ENCODINGS} == set(PICTURES)


def test_a_sequence_is_drawn_as_one_line_per_feature_until_it_ends() -> None:
    text = preview(Waves())
    sine, ramp, *_ = drawings(text)  # of each class in turn
    assert "&lt;ramp&gt;" in text
    assert "<ramp>" not in text
    assert [len(line) for line in lines(sine)] == [10, 10]
    assert [len(line) for line in lines(ramp)] == [4, 4]
    whole = lines(sine)[0]
    np.testing.assert_allclose(whole[:, 0], np.linspace(0, 90, 10), atol=0.06)
    low, high = np.sin(np.arange(10)).min(), 1.0
    heights = low + (34 - whole[:, 1]) / 32 * (np.sin(np.arange(10)).max().clip(0.9, high) - low)
    np.testing.assert_allclose(heights, np.sin(np.arange(10)), atol=0.02)
    assert lines(ramp)[0][-1, 0] == pytest.approx(30, abs=0.06)  # the fourth of ten steps
    assert "2 features" in caption(Waves())


def test_cards_show_the_same_in_one_picture() -> None:
    (card,) = drawings(thumbnail(Waves()))
    charts = [line for chart in drawings(preview(Waves())) for line in lines(chart)]
    assert [line.tolist() for line in lines(card)] == [line.tolist() for line in charts]
    (cells,) = drawings(thumbnail(Letters()))
    assert re.findall(r'class="cell class-(\d)"', cells) == ["0", "1", "2", "1", "1", "1", "1", "0"]
    assert re.findall(r">([^<]*)</text>", cells) == ["a", "&lt;b&gt;", "␣", *["&lt;b&gt;"] * 4, "a"]
    (text,) = drawings(thumbnail(Sentences()))
    assert re.findall(r">([^<]*)</text>", text) == ["word0 word1 word2", "word1 word1 word1", "word1 word0"]


@pytest.mark.parametrize(("how", "answer"), [("copy", lambda row: row), ("reverse", lambda row: row[::-1]), ("sort", sorted)])
def test_cards_show_answers_that_are_symbols_below_their_examples(how: Rearrangement, answer: Callable[[list[str]], Iterable[str]]) -> None:
    (cells,) = drawings(thumbnail(Rearranging(how=how, shortest=3, length=6, samples=100)))
    rows: dict[str, list[str]] = {}
    for height, symbol in re.findall(r'<text class="in-cell" x="[^"]+" y="([^"]+)"[^>]*>([^<]*)</text>', cells):
        rows.setdefault(height, []).append(symbol)
    assert len(rows) == 6
    read = list(rows.values())
    for question, below in zip(read[::2], read[1::2], strict=True):
        assert below == list(answer(question))


@pytest.mark.parametrize(("length", "read"), [(8, r"\d{8}"), (9, r"\d{7}…")])
def test_cards_say_that_a_sequence_goes_on(length: int, read: str) -> None:
    (cells,) = drawings(thumbnail(Rearranging(shortest=length, length=length, samples=100)))
    symbols = "".join(re.findall(r">([^<]*)</text>", cells))
    assert re.fullmatch(f"({read}){{6}}", symbols)


def test_cards_say_where_windows_of_a_text_are_cut() -> None:
    (card,) = drawings(thumbnail(PythonDocs()))
    read = " ".join(html.unescape(line) for line in re.findall(r">([^<]*)</text>", card))
    windows = ["".join(PythonDocs().encoding.as_typed(row).split()) for row in np.asarray(PythonDocs().load().train.inputs)]
    first, second = [part.replace(" ", "") for part in read.split("… …")[:2]]
    assert first.removeprefix("…") == windows[0]
    assert second in windows


def test_forecasts_continue_their_windows() -> None:
    charts = drawings(preview(Series()))
    assert len(charts) == 8
    assert "what comes next" in caption(Series())
    for chart, start in zip(charts, np.linspace(0, 29, 8).round(), strict=True):
        (window,), (ahead,) = lines(chart), lines(chart, " ahead")
        np.testing.assert_allclose(window[-1], ahead[0])
        together = np.concatenate([window, ahead[1:]])
        np.testing.assert_allclose(together[:, 0], np.linspace(0, 90, 6), atol=0.06)
        np.testing.assert_allclose((34 - together[:, 1]) / 32 * 34, start + np.arange(6), atol=0.06)


def test_symbols_are_tokens_in_the_color_of_their_symbol() -> None:
    text = preview(Letters())
    assert re.findall(r"<i[^>]*>([^<]*)</i>", text) == ["a", "&lt;b&gt;", "␣", *["&lt;b&gt;"] * 4, "a"]
    colors = dict(re.findall(r'<i style="--token: ([^"]*)">([^<]*)</i>', text))
    assert colors == dict(zip(CLASS_COLORS, ("a", "&lt;b&gt;", "␣"), strict=False))
    assert re.findall("<b>([^<]*)</b>", text) == ["0.5", "2"]
    assert "one color per symbol" in caption(Letters())


def test_large_vocabularies_have_no_colors() -> None:
    assert "--token" not in preview(Sentences())
    assert "color" not in caption(Sentences())
    assert "word0" in preview(Sentences())
