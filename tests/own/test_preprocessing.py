"""From columns to numbers: as chosen, with notes, and equal to scikit-learn."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

from playground.catalog.datasets.columns import Columns
from playground.own import OwnDataError, Prepared, TableChoices, TableDraft, guess, keep, prepare_table, read_table
from playground.own.matching import match_table
from playground.own.preprocessing import without_columns
from tests.own.examples import csv_of_flowers


def notes_of(prepared: Prepared) -> str:
    return "\n".join(note.text for note in prepared.notes)


def draft_of(text: str) -> TableDraft:
    return read_table(text.encode(), "data.csv")


WITH_GAPS = draft_of(
    "n,c,y\n" + "\n".join(f"{'' if row % 5 == 0 else row},{'' if row % 4 == 0 else 'abb'[row % 3]},{row % 2}" for row in range(40))
)


def test_a_guess_trains_on_flowers() -> None:
    draft = read_table(csv_of_flowers(), "flowers.csv")
    prepared = prepare_table(draft, guess(draft))
    assert prepared.dataset.classes == ("setosa", "versicolor", "virginica")
    assert prepared.counts == {"setosa": 20, "versicolor": 20, "virginica": 20}
    assert prepared.dataset.task.name() == "multiclass"
    assert prepared.dataset.shape == (5,)
    assert keep(prepared).feature_names == ("petal length", "petal width", "colour = blue", "colour = red", "colour = white")  # type: ignore[union-attr]
    assert "60 of 60 rows, 5 features; the target is “species”, 3 classes" in notes_of(prepared)
    assert "“colour” becomes 3 features, one per category" in notes_of(prepared)


def test_categories_are_those_of_a_one_hot_encoder() -> None:
    draft = draft_of("c,y\nred,0\nblue,1\nred,0\ngreen,1\n")
    inputs = prepare_table(draft, TableChoices(target=1, task="classes")).upload.inputs
    expected = OneHotEncoder(sparse_output=False).fit_transform([["red"], ["blue"], ["red"], ["green"]])
    np.testing.assert_array_equal(inputs, expected)


def test_rare_categories_share_a_feature() -> None:
    cells = ["a"] * 5 + ["b"] * 4 + ["c", "d", "e"]
    draft = draft_of("k,y\n" + "\n".join(f"{cell},{place % 2}" for place, cell in enumerate(cells)))
    prepared = prepare_table(draft, TableChoices(target=1, task="classes", most_categories=3))
    np.testing.assert_array_equal(prepared.upload.inputs.sum(axis=0), [5, 4, 3])
    assert prepared.upload.description["features"] == ["k = a", "k = b", "k = other"]
    assert "3 rare categories share “other”" in notes_of(prepared)


def test_rows_with_missing_values_are_dropped_and_noted() -> None:
    prepared = prepare_table(WITH_GAPS, TableChoices(target=2, task="classes", missing="drop"))
    assert len(prepared.upload.inputs) == sum(row % 5 != 0 and row % 4 != 0 for row in range(40))
    assert "Dropped 8 rows without a value of “n”" in notes_of(prepared)
    assert "Dropped 8 rows without a value of “c”" in notes_of(prepared)


@pytest.mark.parametrize("how", ["mean", "most_frequent"])
def test_gaps_are_filled_by_what_the_training_rows_say(how: str) -> None:
    prepared = prepare_table(WITH_GAPS, TableChoices(target=2, task="classes", missing=how))  # type: ignore[arg-type]
    raw = prepared.upload.inputs
    assert np.isnan(raw[:, 0]).sum() == 8
    data = prepared.data
    kept = keep(prepared).examples()
    np.testing.assert_array_equal(kept.train.inputs, data.train.inputs)
    assert np.isfinite(data.train.inputs).all()
    assert np.isfinite(data.test.inputs).all()
    own = set(raw[~np.isnan(raw[:, 0]), 0].tolist())
    there = data.train.inputs[:, 0].tolist()
    measured = np.array([value for value in there if value in own])
    expected = float(SimpleImputer(strategy="mean").fit(measured[:, None]).statistics_[0])
    if how == "mean":
        filled = [value for value in (*there, *data.test.inputs[:, 0].tolist()) if value not in own]
        assert len(filled) == 8
        assert filled == pytest.approx([expected] * 8, rel=1e-5)
    else:  # every number occurs once, the smallest of them counts, as in scikit-learn
        lowest = float(SimpleImputer(strategy="most_frequent").fit(np.unique(measured)[:, None]).statistics_[0])
        assert [*there, *data.test.inputs[:, 0].tolist()].count(lowest) == 9
    categories = np.concatenate([data.train.inputs[:, 1:], data.test.inputs[:, 1:]])
    np.testing.assert_array_equal(categories.sum(axis=1), 1)
    assert "“n”: 8 missing values are filled" in notes_of(prepared)
    assert "“c”: 10 missing values are filled with the most frequent" in notes_of(prepared)


def test_a_column_can_be_treated_unlike_the_others() -> None:
    prepared = prepare_table(WITH_GAPS, TableChoices(target=2, task="classes", missing="drop", by_column={0: "mean"}))
    assert len(prepared.upload.inputs) == 30
    assert np.isnan(prepared.upload.inputs[:, 0]).sum() == 6


def test_a_missing_target_is_never_filled() -> None:
    prepared = prepare_table(draft_of("a,y\n1,x\n2,\n3,z\n4,x\n"), TableChoices(target=1, task="classes", missing="mean"))
    assert len(prepared.upload.inputs) == 3
    assert "Dropped 1 row without a value of the target “y”" in notes_of(prepared)


def test_target_values_are_standardized_and_noted() -> None:
    prices = [100_000, 250_000, 400_000, 130_000]
    draft = draft_of("m2,price\n" + "\n".join(f"{row + 50},{price}" for row, price in enumerate(prices)))
    prepared = prepare_table(draft, guess(draft))
    np.testing.assert_allclose(prepared.upload.targets[:, 0], (np.array(prices) - np.mean(prices)) / np.std(prices), rtol=1e-6)
    assert prepared.dataset.task.name() == "regression"
    assert prepared.counts == {}
    assert "(value − 220000) / 118110" in notes_of(prepared)
    plain = prepare_table(draft, replace(guess(draft), scale_target=False))
    np.testing.assert_array_equal(plain.upload.targets[:, 0], prices)


def test_numbers_as_classes_are_in_their_order() -> None:
    prepared = prepare_table(draft_of("a,y\n1,10\n2,9\n3,2.5\n4,9\n"), TableChoices(target=1, task="classes"))
    assert prepared.dataset.classes == ("2.5", "9", "10")
    assert prepared.upload.targets.tolist() == [2, 1, 0, 1]
    assert "Classes with a single example, which can be used for training or for testing, but not both: 2.5, 10" in notes_of(prepared)


def test_dropped_columns_are_noted_with_the_reason() -> None:
    draft = draft_of("day,a,same,y\n" + "\n".join(f"2024-01-{row + 1:02},{row * row},1,{row % 2}" for row in range(10)))
    assert "Left out: “day” (dates), “same” (one value)." in notes_of(prepare_table(draft, guess(draft)))


def test_a_column_without_values_in_the_rows_that_are_left_is_left_out() -> None:
    prepared = prepare_table(draft_of("a,b,y\n1,,0\n2,,1\n3,5,\n"), TableChoices(2, "classes", missing="mean"))
    assert prepared.dataset.shape == (1,)
    assert "Left out “b”, which has no values in the remaining rows" in notes_of(prepared)


def test_the_order_of_rows_decides_no_names() -> None:
    first = prepare_table(draft_of("a,y\n1,dog\n2,cat\n3,dog\n"), TableChoices(target=1, task="classes"))
    assert first.dataset.classes == ("cat", "dog")
    assert first.upload.targets.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("text", "choices", "words"),
    [
        ("a,y\n1,x\n2,x\n", TableChoices(1, "classes"), "“y” has a single class"),
        ("a,y\n1,x\n2,z\n", TableChoices(1, "value"), "“y” contains text"),
        ("a,y\n1,5\n2,5\n", TableChoices(1, "value"), "“y” is 5 in every row"),
        ("a,y\n1,5\n2,6\n", TableChoices(1, "value", dropped=frozenset({0})), "there are no features to learn from"),
        ("a,y\n1,5\n2,6\n", TableChoices(7, "value"), "column 8 does not exist; choose one from 1 to 2"),
        ("a,b,y\n1,,5\n,2,6\n", TableChoices(2, "value"), "no row remains .* “a” \\(1 of 2\\)"),
        ("a,y\n1,\n3,\n,5\n,6\n", TableChoices(1, "value", missing="mean"), "no feature has any values"),
        ("a,b,y\n1,2,\n3,4,\n", TableChoices(2, "value"), "“y” is empty"),
        ("a,y\n" + "\n".join(f"{n},c{n}" for n in range(101)), TableChoices(1, "classes"), "101 classes; the limit is 100 .*_CLASSES"),
    ],
)  # fmt: skip
def test_choices_that_leave_nothing_to_learn_are_refused(text: str, choices: TableChoices, words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        prepare_table(draft_of(text), choices)


def test_hostile_class_names_fit_the_spec() -> None:
    names = ["<img src=x onerror=alert(1)>", "\u202ereversed", "x" * 5_000, "x" * 5_000 + "y", "🦄"]
    draft = draft_of("a,y\n" + "\n".join(f'{row},"{name}"' for row, name in enumerate(names * 3)))
    labels = prepare_table(draft, TableChoices(1, "classes")).dataset.classes
    assert len(set(labels)) == 5
    assert all(label.isprintable() and len(label) <= 40 for label in labels)


def test_a_category_that_occurs_only_in_dropped_rows_has_no_feature() -> None:
    draft = draft_of("c,n,y\nred,1,0\nblue,2,1\ngreen,,0\nred,3,1\n")
    prepared = prepare_table(draft, TableChoices(target=2, task="classes", missing="drop"))
    assert prepared.upload.description["features"] == ["c = blue", "c = red", "n"]


def test_the_columns_are_stored_with_the_data_and_give_the_same_features_again() -> None:
    draft = read_table(csv_of_flowers(), "flowers.csv")
    prepared = prepare_table(draft, guess(draft))
    columns = Columns.from_plain(json.loads(json.dumps(prepared.upload.description["columns"])))
    assert [(column.name, column.kind, column.position) for column in columns.columns] == [
        ("petal length", "number", 0), ("petal width", "number", 1), ("colour", "category", 2),
    ]  # fmt: skip
    rows = [line.split(",") for line in csv_of_flowers().decode().split()[2:] if line.count(",") == 3]
    lengths, widths, colours, _ = zip(*rows, strict=True)
    features = columns.features([np.array(lengths, float), np.array(widths, float), colours])
    np.testing.assert_array_equal(features, prepared.upload.inputs)
    assert columns.target == 3


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a = b", "a", "other", "é", " ", "b = other"]), min_size=2, max_size=6, unique=True), st.booleans())
def test_the_columns_of_an_earlier_version_follow_from_the_names_of_its_features(categories: list[str], other: bool) -> None:
    rows = [(f"{category}{mark}", number) for number, category in enumerate(categories) for mark in ("x", "y")]
    text = "kind,size,target\n" + "\n".join(f"{kind},{number},{number % 2}" for kind, number in rows)
    most = 3 if other else 20
    prepared = prepare_table(draft_of(text), TableChoices(target=2, task="classes", most_categories=most))
    now = Columns.of_description(prepared.upload.description)
    earlier = Columns.of_description(without_columns(prepared).upload.description)
    assert [(column.name, column.titles, column.fill) for column in earlier.columns] == [
        (column.name, column.titles, column.fill) for column in now.columns
    ]


def test_a_value_is_learned_on_a_scale_that_the_dataset_knows() -> None:
    draft = draft_of("size,price\n" + "\n".join(f"{row},{250_000 + 1000 * row}" for row in range(40)))
    prepared = prepare_table(draft, TableChoices(target=1, task="value"))
    prices = prepared.dataset.in_units(prepared.upload.targets).ravel()
    np.testing.assert_allclose(np.sort(prices), 250_000 + 1000 * np.arange(40), rtol=1e-6)
    plain = prepare_table(draft, TableChoices(target=1, task="value", scale_target=False))
    assert plain.dataset.target_scale == (0.0, 1.0)


def test_the_data_of_a_link_from_an_earlier_version_is_recreated_from_its_file() -> None:
    draft = read_table(csv_of_flowers(), "flowers.csv")
    earlier = without_columns(prepare_table(draft, guess(draft)))
    assert match_table(earlier.dataset, csv_of_flowers(), "flowers.csv").upload.key == earlier.dataset.key  # type: ignore[arg-type]
