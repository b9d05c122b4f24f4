"""New rows are read by the names of their columns, and whatever is wrong with them is said."""

import numpy as np
import pytest

from playground.catalog.datasets import Circle, Iris, MnistSample
from playground.predicting import PredictError, predict_rows, predict_table, results_csv
from tests.predicting.runs import csv_of_houses, fitted_run, houses


@pytest.fixture
def run(tmp_path):
    return fitted_run(tmp_path / "run", houses())


def predicted(run, text):
    return predict_table(run, text.encode(), "rows.csv")


def prices(found):
    return [value for prediction in found.predictions for value in prediction.answer.values()]


def test_the_rows_of_the_training_file_are_predicted_in_units_of_the_target(run):
    found = predicted(run, csv_of_houses())
    truth = [float(line.split(",")[3]) for line in csv_of_houses().splitlines()[1:]]
    np.testing.assert_allclose(prices(found), truth, rtol=1e-4)
    assert found.notes[0] == "Ignored the columns “id”, “price” (the target): the network does not use them."


def test_columns_may_stand_in_another_order(run):
    assert (
        prices(predicted(run, "district,size\nsouth,50\n"))
        == prices(predicted(run, "size;district\n50;south\n"))
        == pytest.approx([100_000])
    )


def test_a_program_gives_numbers_and_texts(run):
    found = predict_rows(
        run, [{"size": 50, "district": "south"}, {"size": "50", "district": "south"}, {"size": np.float32(50), "district": "south"}]
    )
    assert prices(found) == pytest.approx([100_000] * 3)
    wrong = predict_rows(run, [{"size": True, "district": "south"}, {"size": [1], "district": "south"}, {"district": "south"}])
    assert ["not a number" in prediction.problem for prediction in wrong.predictions] == [True, True, False]
    assert wrong.predictions[2].problem == "the column “size” is missing"


@pytest.mark.parametrize("missing", ["", "NA", "n/a", "?"])
def test_a_missing_value_is_filled_and_said(missing, tmp_path):
    data = houses(csv_of_houses() + f"h,{missing},north,50000\n", missing="mean")
    run = fitted_run(tmp_path / "run", data)
    found = predicted(run, f"size,district\n{missing},north\n60,\n")
    mean = float(run.columns.fillings[0])
    assert prices(found)[0] == pytest.approx(prices(predict_rows(run, [{"size": mean, "district": "north"}]))[0])
    assert f"“size”: 1 value (line 2) is missing; filled with the mean of the training rows, {mean:.6g}." in found.notes
    assert any("“district”: 1 value (line 3) is missing; filled with the most frequent category" in note for note in found.notes)
    assert (
        predict_rows(run, [{"size": None, "district": "north"}]).answers
        == predict_rows(run, [{"size": float("nan"), "district": "north"}]).answers
    )


@pytest.mark.parametrize("missing", ["-200", "-200.0", "\u2212200", "**", -200])
def test_what_meant_a_missing_value_in_the_table_means_one_in_new_rows(missing, tmp_path):
    text = csv_of_houses() + "h,-200,north,50000\nh,**,unknown,50000\nh,-200,south,50000\n"
    run = fitted_run(tmp_path / "run", houses(text, codes=("-200", "unknown"), missing="mean"))
    found = predict_rows(run, [{"size": missing, "district": "unknown"}, {"size": None, "district": None}])
    assert found.answers[0] == found.answers[1]
    assert any("“size”: 2 values (row 1, row 2) are missing; filled with the mean" in note for note in found.notes)
    assert any("“district”: 2 values" in note for note in found.notes)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("large,north", "“size”: “large” is not a number"),
        ("70 m²,north", "“size”: “70 m²” is not a number; write the number alone, without a unit"),
        ("70 %,north", "“size”: “70 %” is not a number; write the number alone, without a unit"),
        ('"1,234",north', "“1,234” could be 1234 or 1.234; write it without a thousands separator"),
        ("1e40,north", "beyond 1e30"),
        ("60,west", "“district”: “west” is unknown; known are east, north, south"),
        ("60", "has 1 cells instead of 2"),
        ("60,north,3", "has 3 cells instead of 2"),
    ],
)
def test_a_row_with_a_problem_names_it_and_the_others_are_predicted(cells, problem, run):
    found = predicted(run, f"size,district\n50,south\n{cells}\n60,south\n")
    assert problem in found.predictions[1].problem
    assert found.predictions[1].name == "line 3"
    assert [prediction.answer.get("price") for prediction in found.predictions] == [pytest.approx(100_000), None, pytest.approx(110_000)]


def test_a_row_of_a_file_comes_back_with_its_answer(run):
    found = predicted(run, "id,size,district,price\nh1,50,south,7\nh2,x,south,\n")
    text = results_csv(found.predictions, (), found.columns).decode("utf-8-sig").splitlines()
    assert text[0] == "input,price,problem,id,size,district,price (given)"
    assert text[1].startswith("line 2,")
    assert text[1].endswith(",,h1,50,south,7")
    assert text[2] == "line 3,,“size”: “x” is not a number,h2,x,south,"


def test_a_category_without_a_feature_of_its_own_counts_as_other_and_is_said(tmp_path):
    run = fitted_run(tmp_path, houses(most_categories=2))
    found = predicted(run, "size,district\n50,west\n50,south\n")
    assert len(set(prices(found))) == 1 or "south" not in run.columns.columns.columns[1].categories
    assert any("“west” has no feature of its own and counts as “other” (line 2)" in note for note in found.notes)


def test_a_value_outside_of_the_training_range_is_said(run):
    assert any("outside of the range in training" in note for note in predicted(run, "size,district\n9000,north\n").notes)
    assert predicted(run, "size,district\n60,north\n").notes == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("size\n50\n", "the column “district” is missing; the file has size"),
        ("Size,district\n50,north\n", "did you mean to rename “Size”?"),
        ("50,north\n60,south\n", "the first row must name the columns (size, district); it contains 50, north"),
        ("size,size,district\n50,60,north\n", "“size” occurs more than once"),
        ("", "empty"),
        ("\x00\x01", "not text"),
    ],
)
def test_a_file_without_the_columns_is_refused(text, words, run):
    with pytest.raises(PredictError.__bases__[0]) as error:
        predicted(run, text)
    assert words in str(error.value)


def test_numbers_are_read_as_they_were_written_in_training(tmp_path):
    text = "size;district;price\n" + "\n".join(f"{1000 + row},5;{'ab'[row % 2]};{row * 1000}" for row in range(40))
    run = fitted_run(tmp_path, houses(text, target=2, dropped=frozenset()))
    same = {
        round(price)
        for price in prices(predicted(run, "size;district\n1.010,5;a\n1010,5;a\n"))
        + prices(predict_rows(run, [{"size": 1010.5, "district": "a"}]))
    }
    assert len(same) == 1


def test_a_table_without_names_is_read_by_position(tmp_path):
    rows = [line.split(",", 1)[1] for line in csv_of_houses().splitlines()[1:]]
    draft_text = "\n".join(rows)
    run = fitted_run(tmp_path, houses(draft_text, target=2, dropped=frozenset()))
    assert not run.columns.columns.header
    with_target = prices(predicted(run, "50,south,0\n"))
    assert with_target == prices(predicted(run, "50,south\n")) == pytest.approx([100_000])
    with pytest.raises(PredictError, match="have 1 cells; those of the training table have 3, or 2 without the target"):
        predicted(run, "50\n")


def test_classes_have_probabilities(tmp_path):
    run = fitted_run(tmp_path, Iris())
    rows = Iris().load().test.inputs
    text = ",".join(Iris.features) + "\n" + "\n".join(",".join(map(str, row)) for row in np.asarray(rows).tolist())
    found = predicted(run, text)
    expected = run.probabilities(run.encode(np.asarray(rows)))
    for prediction, row in zip(found.predictions, expected, strict=True):
        assert list(prediction.answer["probabilities"].values()) == pytest.approx(row.tolist(), abs=1e-6)
        assert prediction.answer["confidence"] == pytest.approx(float(row.max()), abs=1e-6)
        assert prediction.answer["label"] == Iris().classes[int(row.argmax())]


def test_points_are_rows_of_their_coordinates(tmp_path):
    run = fitted_run(tmp_path, Circle())
    assert predict_rows(run, [{"x1": 1, "x2": 2}]).answers[0].keys() == {"label", "confidence", "probabilities"}


def test_networks_on_images_take_no_rows(tmp_path):
    run = fitted_run(tmp_path, MnistSample())
    with pytest.raises(PredictError, match="takes images, not rows of a table"):
        predict_rows(run, [])


def test_numbers_keep_the_unit_of_training_and_no_other(tmp_path):
    text = "size,price\n" + "\n".join(f"{40 + row} m²,€ {1000 * (40 + row)}" for row in range(40))
    run = fitted_run(tmp_path, houses(text, target=1, dropped=frozenset()))
    found = predicted(run, "size\n50 m²\n50\n50 km²\n")
    assert [round(prediction.answer.get("price", 0)) for prediction in found.predictions] == [50_000, 50_000, 0]
    assert "“50 km²” is not a number" in found.predictions[2].problem


def test_a_thousands_separator_of_training_is_read_as_one(tmp_path):
    text = "size,price\n" + "\n".join(f'"1,{row:03}",{1000 + row}' for row in range(40))
    run = fitted_run(tmp_path, houses(text, target=1, dropped=frozenset()))
    assert prices(predicted(run, 'size\n"1,010"\n1010\n')) == pytest.approx([1010, 1010], rel=1e-4)
