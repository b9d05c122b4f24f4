"""Text of a table or of files, as symbols for a network."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from playground.artifacts.uploads import at_hand, open_upload, store_upload
from playground.catalog.datasets import DataError, OwnCorpus, OwnText
from playground.catalog.encodings import TextEncoding
from playground.catalog.sequences.vocabulary import UNKNOWN, words
from playground.own import PASTED, OwnDataError, Prepared, guess_text, keep, prepare_text, read_table, read_texts
from playground.own.matching import match_text
from tests.own.examples import csv_of_flowers, csv_of_reviews, own_dataset, story, zipped

REVIEWS = csv_of_reviews()


def of_table(content: bytes, **choices: object) -> Prepared:
    draft = read_table(content, "reviews.csv")
    return prepare_text(draft, replace(guess_text(draft), **choices))  # type: ignore[arg-type]


def of_text(*texts: str, **choices: object) -> Prepared:
    draft = read_texts([(PASTED if len(texts) == 1 else f"{number}.txt", text.encode()) for number, text in enumerate(texts)])
    return prepare_text(draft, replace(guess_text(draft), **choices))  # type: ignore[arg-type]


def said(prepared: Prepared) -> str:
    return " ".join(note.text for note in prepared.notes)


def table(*rows: str) -> bytes:
    return "\n".join(["text,kind", *rows]).encode()


def test_a_column_of_sentences_is_read_word_by_word() -> None:
    prepared = of_table(REVIEWS)
    dataset = prepared.dataset
    assert isinstance(dataset, OwnText)
    assert (dataset.unit, dataset.labels, dataset.called) == ("words", ("complaint", "praise"), "reviews")
    encoding = TextEncoding(dataset.length, dataset_vocabulary(prepared), True, "words")
    line = REVIEWS.decode().splitlines()[1]
    assert encoding.written(prepared.upload.inputs[0]) == " ".join(words(line.split('"')[1]))
    assert prepared.counts == {"complaint": 60, "praise": 60}


def dataset_vocabulary(prepared: Prepared):  # type: ignore[no-untyped-def]
    with at_hand(prepared.upload):
        return prepared.dataset.vocabulary  # type: ignore[union-attr]


def test_which_columns_hold_sentences() -> None:
    flowers, reviews = read_table(csv_of_flowers(), "a.csv"), read_table(REVIEWS, "b.csv")
    assert [column.has_sentences for column in (*flowers.columns, *reviews.columns)] == [False] * 4 + [True, False]
    assert any("contains sentences" in note.text for note in reviews.notes)
    with pytest.raises(OwnDataError, match="no column of text"):
        guess_text(read_table(b"a,b\n1,2\n3,4\n", "c.csv"))


def test_the_vocabulary_has_the_most_frequent_words_and_the_rest_is_unknown() -> None:
    counts = Counter(token for line in REVIEWS.decode().splitlines()[1:] for token in words(line.split('"')[1]))
    prepared = of_table(REVIEWS, most_symbols=16)
    symbols = prepared.upload.description["symbols"]
    expected = sorted(counts, key=lambda token: (-counts[token], token))[:15]
    assert symbols == [UNKNOWN, *expected]
    lines = {
        " ".join(token if token in expected else UNKNOWN for token in words(line.split('"')[1]))
        for line in REVIEWS.decode().splitlines()[1:]
    }
    encoding = TextEncoding(16, dataset_vocabulary(prepared), True, "words")
    assert {encoding.written(row) for row in prepared.upload.inputs} == lines
    assert f"{len(counts) - 15:,} rarer ones count as unknown" in said(prepared)


def test_words_that_occur_once_are_unknown_in_long_texts() -> None:
    """So that the network learns what to make of words that it will not know."""
    rng = np.random.default_rng(0)
    rows = [f"{' '.join(rng.choice(['so', 'it', 'goes', 'on', 'and'], 12))} w{number},{'ab'[number % 2]}" for number in range(200)]
    prepared = of_table(table(*rows))
    assert set(prepared.upload.description["symbols"]) == {UNKNOWN, "so", "it", "goes", "on", "and"}
    assert "200 rarer ones count as unknown" in said(prepared)


def test_the_vocabulary_stays_with_the_data_and_the_spec_has_its_size() -> None:
    dataset = own_dataset("own_text")
    assert isinstance(dataset, OwnText)
    assert dataset.symbols == len(open_upload(dataset.key, "").description["symbols"]) == len(dataset.vocabulary.symbols)
    assert dataset.tensor.vocabulary == dataset.symbols + 1
    assert "great" not in dataset.model_dump_json()
    elsewhere = dataset.model_copy(update={"key": "0" * 64})
    assert elsewhere.tensor == dataset.tensor
    assert elsewhere.encoding.symbols[1:3] == (UNKNOWN, "#2")
    with pytest.raises(DataError, match="not on this server"):
        elsewhere.preprocessing()


@pytest.mark.parametrize("change", [{"symbols": 5}, {"length": 3}, {"labels": ("a", "b")}], ids=str)
def test_a_spec_that_does_not_match_the_data_is_refused(change: dict[str, object]) -> None:
    """A vocabulary that is too small would make the network fail in training."""
    with pytest.raises(DataError, match="does not match the experiment"):
        own_dataset("own_text").model_copy(update=change).load()


def test_no_text_of_the_test_occurs_in_training() -> None:
    rows = [f'"the same text again {number % 20}",{"ab"[number % 2]}' for number in range(100)]
    prepared = of_table(table(*rows, '"The SAME text again 0",b'))
    assert len(prepared.upload.inputs) == 20
    assert "Removed 81 texts that consist of the same words as another" in said(prepared)
    assert "1 of them had another target" in said(prepared)
    train, test = prepared.data.train.inputs, prepared.data.test.inputs
    assert not {row.tobytes() for row in train} & {row.tobytes() for row in test}


@pytest.mark.parametrize("length", [1, 7, 10_000])
def test_texts_are_cut_at_any_length(length: int) -> None:
    rows = [f'"{" ".join(["so", "it", "goes"] * (number * 200))} on {number}",{"ab"[number % 2]}' for number in range(20)]
    prepared = of_table(table(*rows, '"a b c",a', '"d e f",b'), length=length)
    longest = max(len(words(row.split('"')[1])) for row in rows)
    assert prepared.upload.inputs.shape[1] == min(length, longest)
    assert ("only the beginning is used" in said(prepared)) == (length < longest)
    assert (prepared.data.train.inputs >= 0).all()


def test_texts_of_length_0_and_rows_without_an_answer_are_left_out_and_said() -> None:
    prepared = of_table(table('"one two three",a', '"   ",b', ",a", '"\x02\x03",b', '"four five six",b', '"seven eight",', '"nine",b'))
    assert len(prepared.upload.inputs) == 3
    for text in ("2 rows without text in “text”", "1 row without a value of the target", "1 row without any words"):
        assert f"Left out {text}" in said(prepared)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["one two,a", "three four,a"], "a single class"),
        (["one two,a"], "one text remains"),
        (["one two,a", "ONE two,b"], "a single class"),
    ],
)
def test_too_little_text_is_refused(rows: list[str], message: str) -> None:
    with pytest.raises(OwnDataError, match=message):
        of_table(table(*rows), target=1, learn="classes")


def test_a_class_that_occurs_once_is_pointed_out() -> None:
    prepared = of_table(table(*(f"text number {row},{'ab'[row % 2]}" for row in range(10)), "the only one,c"))
    assert "Classes with a single example" in said(prepared)


def test_values_of_texts_are_standardized() -> None:
    prepared = of_table(table(*(f"text number {row},{row * 10.5}" for row in range(30))))
    assert isinstance(prepared.dataset, OwnText)
    assert prepared.dataset.labels == ()
    assert prepared.upload.targets.mean() == pytest.approx(0, abs=1e-6)
    assert prepared.upload.targets.std() == pytest.approx(1, abs=1e-6)


def test_folders_of_a_zip_are_classes() -> None:
    files = {f"reviews/{mood}/{row}.txt": f"it was {mood}, number {row}".encode() for mood in ("good", "bad") for row in range(10)}
    draft = read_texts([("reviews.zip", zipped(files))])
    prepared = prepare_text(draft, guess_text(draft))
    assert isinstance(prepared.dataset, OwnText)
    assert (prepared.dataset.labels, prepared.dataset.called) == (("bad", "good"), "reviews")
    expected = [("bad", "good").index(path.split("/")[-2]) for path in sorted(files)]
    assert prepared.upload.targets.tolist() == expected


def test_the_class_is_the_folder_under_the_root_without_those_of_a_split() -> None:
    files = {
        f"reviews/{part}/{mood}/{batch}/{row}.txt": f"it was {mood}, number {row} of {part} {batch}".encode()
        for part in ("train", "test") for mood in ("good", "bad") for batch in ("a", "b") for row in range(5)
    }  # fmt: skip
    draft = read_texts([("reviews.zip", zipped(files))])
    assert set(draft.folders) == {"good", "bad"}
    assert any("train and test are no classes" in note.text for note in draft.notes)


def test_archives_without_folders_are_classes() -> None:
    archives = [(f"{mood}.zip", zipped({f"{row}.txt": f"it was {mood}, {row}".encode() for row in range(5)})) for mood in ("good", "bad")]
    draft = read_texts([*archives, ("9.txt", b"it was neither")])
    classes = dict(zip(draft.texts, draft.folders, strict=True))
    assert all(label == (None if "neither" in text else "good" if "good" in text else "bad") for text, label in classes.items())
    assert sorted(map(str, draft.folders)) == ["None", *["bad"] * 5, *["good"] * 5]


def test_text_is_continued_from_windows_without_one_across_the_cut() -> None:
    prepared = of_text(story(), length=20)
    dataset, text = prepared.dataset, prepared.upload.inputs.astype(np.int64)
    assert isinstance(dataset, OwnCorpus)
    assert "".join(prepared.upload.description["symbols"][symbol - 1] for symbol in text) == story()
    tests = round(0.2 * len(text))
    learned, tested = (symbols.tobytes() for symbols in (text[:-tests], text[-tests:]))
    for split, within in ((prepared.data.train, learned), (prepared.data.test, tested)):
        for window, following in zip(split.inputs, split.targets, strict=True):
            whole = np.append(window, following[-1] + 1)
            assert whole.tobytes() in within
            np.testing.assert_array_equal(following[:-1] + 1, window[1:])
    windows = {
        np.append(row, end[-1] + 1).tobytes() for row, end in zip(prepared.data.test.inputs, prepared.data.test.targets, strict=True)
    }
    assert not [window for window in windows if window in learned]


def test_several_files_are_split_by_file() -> None:
    texts = [f"{name * 30} " + "".join(f"{name}{number} " for number in range(100)) for name in "abcdefghij"]
    prepared = of_text(*texts, length=8)
    symbols = prepared.upload.description["symbols"]
    letters = [
        {symbols[symbol - 1] for symbol in np.unique(split.inputs)} & set("abcdefghij")
        for split in (prepared.data.train, prepared.data.test)
    ]
    assert letters[0] | letters[1] == set("abcdefghij")
    assert not letters[0] & letters[1]
    assert len(letters[1]) == 2


def test_repeated_files_are_read_once() -> None:
    draft = read_texts([("a.txt", b"once upon a time"), ("b.txt", b"once upon a time"), ("c.txt", b"another text"), ("d.txt", b" \n")])
    assert draft.paths == ("a.txt", "c.txt")
    told = " ".join(note.text for note in draft.notes)
    assert "the same text as another: b.txt" in told
    assert "empty files: d.txt" in told


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "there is no text"), ("   \n ", "there is no text"), ("a", "too short"), ("ab" * 50, "occurs in its training part")],
)
def test_too_short_a_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(OwnDataError, match=message):
        of_text(text)


def test_a_window_longer_than_the_text_says_so() -> None:
    with pytest.raises(OwnDataError, match="too short for training and testing with windows of 500"):
        of_text(story(5), length=500)
    dataset = keep(of_text(story(10))).model_copy(update={"window": 512})
    with pytest.raises(DataError, match="use a longer text or a shorter window"):
        dataset.load()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("naïve café".encode("utf-16"), "Read as UTF-16"),
        ("naïve café".encode("utf-16-le"), "Read as UTF-16"),
        ("naïve café".encode("latin-1"), "Read as Windows-1252, not UTF-8: a.txt. If accented letters look wrong"),
        ("naïve café".encode("utf-8-sig"), ""),
        (b"na\xc3\xafve caf\xc3\xa9", ""),
    ],
)
def test_encodings_are_recognized_and_said(content: bytes, told: str) -> None:
    draft = read_texts([("a.txt", content)])
    assert draft.texts == ("naïve café",)
    assert told in " ".join(note.text for note in draft.notes)
    assert bool(draft.notes) == bool(told)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"ab\x00cd" * 40, "NUL bytes"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "is a PNG image, not plain text"),
        ("a.txt", b"\xff\xfea", "marked as UTF-16, but is incomplete"),
        ("a.zip", b"PK\x03\x04broken", "damaged or incomplete"),
        ("a.zip", zipped({"a.png": b"x"}), "no text file"),
        ("a.zip", zipped({"../a.txt": b"x"}), "points outside the archive"),
    ],
)
def test_files_that_are_not_text_are_refused(name: str, content: bytes, message: str) -> None:
    with pytest.raises(OwnDataError, match=message):
        read_texts([(name, content)])


def test_control_characters_are_removed_and_emoji_are_code_points() -> None:
    text = "שלום עולם \x07\x1b 👩‍👧 " + story(20)
    draft = read_texts([(PASTED, text.encode())])
    assert "Removed 2 control characters." in [note.text for note in draft.notes]
    prepared = prepare_text(draft, guess_text(draft))
    assert {"ש", "👩", "\u200d", "👧"} <= set(prepared.upload.description["symbols"])
    assert "Each Unicode code point is a symbol" in said(prepared)
    assert all(label.isprintable() for label in TextEncoding(4, dataset_vocabulary(prepared)).symbols)


def test_too_much_text_is_refused_before_it_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_CELLS", "5000")
    with pytest.raises(OwnDataError, match=r"more than 5,000 characters, the limit \(PLAYGROUND_UPLOAD_CELLS\)"):
        read_texts([(f"{number}.txt", b"text %d " % number * 300) for number in range(3)])
    with pytest.raises(OwnDataError, match="PLAYGROUND_UPLOAD_CELLS"):
        of_table(csv_of_reviews(400))
    monkeypatch.setenv("PLAYGROUND_UPLOAD_BYTES", "1000")
    with pytest.raises(OwnDataError, match="PLAYGROUND_UPLOAD_BYTES"):
        read_texts([("a.txt", b"x" * 1001)])


def test_an_archive_that_unpacks_to_a_gigabyte_is_refused() -> None:
    with pytest.raises(OwnDataError, match=r"unpack to more than 50,000,000 bytes|more than 20,000,000 characters"):
        read_texts([("bomb.zip", zipped({f"{number}.txt": b"a" * 30_000_000 for number in range(3)}))])


@pytest.mark.parametrize(
    "choices", [{"most_symbols": 1}, {"most_symbols": 20_001}, {"length": 0}, {"length": 10_001}, {"text": 9}, {"target": 0}]
)
def test_choices_out_of_range_are_refused(choices: dict[str, int]) -> None:
    with pytest.raises(OwnDataError):
        of_table(REVIEWS, **choices)


@pytest.mark.parametrize("choices", [{}, {"most_symbols": 20}, {"length": 12}, {"unit": "characters"}], ids=str)
def test_the_same_table_gives_the_same_text_again(choices: dict[str, object]) -> None:
    prepared = of_table(REVIEWS, **choices)
    assert match_text(prepared.dataset, [("again.csv", REVIEWS)]).upload.key == prepared.upload.key  # type: ignore[arg-type]
    with pytest.raises(OwnDataError, match="does not match"):
        match_text(prepared.dataset, [("again.csv", csv_of_reviews(14))])  # type: ignore[arg-type]


def test_the_same_files_give_the_same_text_again() -> None:
    prepared = of_text(story(), most_symbols=20, length=30)
    assert match_text(prepared.dataset, [("other.txt", story().encode())]).upload.key == prepared.upload.key  # type: ignore[arg-type]


def test_a_text_is_at_hand_before_it_is_stored() -> None:
    prepared = of_text(story() + "unlike any other")
    assert isinstance(prepared.dataset, OwnCorpus)
    with pytest.raises(DataError, match="not on this server"):
        open_upload(prepared.upload.key, "story")
    with at_hand(prepared.upload):
        assert prepared.dataset.encoding.symbols[2] == "␣"
    store_upload(prepared.upload)
    np.testing.assert_array_equal(prepared.dataset.load().train.inputs, prepared.data.train.inputs)
