"""A table as a time series, split by time."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.datasets import DataError, OwnSeries
from playground.catalog.layers import Flatten, Output
from playground.catalog.losses import MSE
from playground.catalog.readouts import Values
from playground.own import OwnDataError, Prepared, guess, guess_series, keep, prepare_series, prepare_table, read_table
from playground.own.matching import match_series
from playground.own.series import like_series
from playground.own.times import read_times, time_text
from playground.spec import ExperimentSpec
from playground.training.batches import Examples, tensor_of
from playground.training.views import Fit, Forecasts, Seen
from tests.own.examples import csv_of_flowers, csv_of_months, csv_of_reviews, own_dataset


def of(rows: list[str], header: str = "date,value", **choices: object) -> Prepared:
    draft = read_table("\n".join([header, *rows]).encode(), "series.csv")
    return prepare_series(draft, replace(guess_series(draft), **choices))  # type: ignore[arg-type]


def daily(*missing: int, count: int = 60) -> list[str]:
    """A value for each day, its number."""
    start = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    days = [datetime.fromtimestamp(start + 86_400 * day, UTC).date() for day in range(count)]
    return [f"{days[day]},{day}" for day in range(count) if day not in missing]


def said(prepared: Prepared) -> str:
    return " ".join(note.text for note in prepared.notes)


def test_the_time_column_and_a_column_of_values_are_recognized() -> None:
    draft = read_table(csv_of_months(), "sales.csv")
    choices = guess_series(draft)
    assert (choices.time, choices.columns) == (0, (1,))
    assert like_series(draft)
    assert not like_series(read_table(csv_of_flowers(), "flowers.csv"))
    assert not like_series(read_table(csv_of_reviews(), "reviews.csv"))
    prepared = prepare_series(draft, choices)
    assert isinstance(prepared.dataset, OwnSeries)
    assert (prepared.dataset.window, prepared.dataset.horizon) == (12, 6)
    assert "120 steps of 1 month" in said(prepared)


def test_nothing_of_the_test_part_is_seen_in_training() -> None:
    """Values are the numbers of their steps, so that windows and their scale can be followed."""
    prepared = of(daily(count=100), window=10, horizon=5, test_share=0.3)
    assert isinstance(prepared.dataset, OwnSeries)
    learned = np.arange(70.0)
    mean, deviation = learned.mean(), learned.std()
    train, test = (
        np.concatenate([split.inputs[:, :, 0], split.targets], axis=1) * deviation + mean
        for split in (prepared.data.train, prepared.data.test)
    )
    np.testing.assert_allclose(train, np.arange(56)[:, None] + np.arange(15), atol=1e-4)  # the last target is step 69
    np.testing.assert_allclose(test, 70 + np.arange(16)[:, None] + np.arange(15), atol=1e-4)
    changed = prepared.upload.inputs.copy()
    changed[70:] = 1e6
    other = prepared.dataset.arranged(replace(prepared.upload, inputs=changed))
    np.testing.assert_array_equal(other.train.inputs, prepared.data.train.inputs)
    np.testing.assert_array_equal(other.train.targets, prepared.data.train.targets)


def test_predictions_are_read_in_the_units_of_the_columns() -> None:
    dataset = own_dataset("own_series")
    assert isinstance(dataset, OwnSeries)
    data = dataset.load()
    values = np.asarray(dataset.series())[:, 0]
    start = len(data.train) - 1
    np.testing.assert_allclose(
        dataset.in_units(data.train.targets)[-1], values[start + dataset.window : start + dataset.window + dataset.horizon], rtol=1e-5
    )
    assert dataset.measured == ("sales",)

    truth, readout = tensor_of(data.test.targets), Values(outputs=dataset.target_size)
    zeros = nn.Sequential(nn.Flatten(), nn.Linear(dataset.window, dataset.target_size)).requires_grad_(False)
    seen = Seen(Examples.of(dataset, data.test, readout, torch.device("cpu")), truth, truth, readout, zeros, 8)
    spec = ExperimentSpec(data=dataset, network=(Flatten(), Output()), loss=MSE())
    series, ahead, _ = Forecasts(spec, torch.device("cpu")).compute(seen)[:, 0]
    shown = values[len(values) - len(data.test) - dataset.window - dataset.horizon + 1 :][: len(series)]
    np.testing.assert_allclose(series, shown, rtol=1e-5)
    np.testing.assert_allclose(ahead[np.isfinite(ahead)], shown[np.isfinite(ahead)], rtol=1e-5)
    np.testing.assert_allclose(Fit(spec, torch.device("cpu")).compute(seen)[0], ahead[np.isfinite(ahead)][[0, 0]], rtol=1e-5)


def test_unsorted_times_are_sorted_and_said() -> None:
    rows = daily()
    shuffled = [rows[index] for index in np.random.default_rng(0).permutation(len(rows))]
    prepared = of(shuffled)
    assert prepared.upload.inputs[:, 0].tolist() == list(range(60))
    assert "not in order; they are sorted by “date”" in said(prepared)
    assert "not in order" not in said(of(rows))


def test_repeated_times_are_refused_or_averaged() -> None:
    rows = [*daily(), "2024-01-05,100", "2024-01-05,101"]
    with pytest.raises(OwnDataError, match=r"1 time occurs more than once in “date” \(2024-01-05\); average"):
        of(rows, repeats="refuse")
    prepared = of(rows, repeats="average")
    assert prepared.upload.inputs[4, 0] == (4 + 100 + 101) / 3
    assert len(prepared.upload.inputs) == 60


def test_gaps_are_refused_filled_with_what_came_before_or_not_counted() -> None:
    rows = daily(10, 11, 30)
    with pytest.raises(OwnDataError, match=r"3 times are missing at a step of 1 day \(the first after 2024-01-10\)"):
        of(rows, gaps="refuse")
    filled = of(rows, gaps="fill")
    expected = np.arange(60.0)
    expected[[10, 11, 30]] = [9, 9, 29]
    np.testing.assert_array_equal(filled.upload.inputs[:, 0], expected)
    np.testing.assert_array_equal(np.diff(filled.upload.targets), 86_400)
    counted = of(rows, gaps="ignore")
    assert counted.upload.inputs[:, 0].tolist() == [day for day in range(60) if day not in (10, 11, 30)]
    assert "rows are counted instead" in said(counted)


def test_missing_values_are_refused_filled_or_left_out() -> None:
    rows = [row if day % 10 else f"{row.split(',')[0]}," for day, row in enumerate(daily())]
    with pytest.raises(OwnDataError, match="values are missing"):
        of(rows, gaps="refuse")
    filled = of(rows, gaps="fill").upload.inputs[:, 0]
    assert filled.tolist()[:12] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 11, 12]  # day 0 has no earlier value
    assert of(rows, gaps="ignore").upload.inputs[:, 0].tolist() == [day for day in range(60) if day % 10]


def test_times_that_are_not_evenly_spaced_are_refused_unless_rows_are_counted() -> None:
    rows = [f"2024-01-01 {hour:02d}:{(hour * 17) % 60:02d},{hour}" for hour in range(24)]
    with pytest.raises(OwnDataError, match="not evenly spaced"):
        of(rows, gaps="fill")
    assert len(of(rows, gaps="ignore").upload.inputs) == 24


def test_gaps_that_would_make_a_series_endless_are_refused() -> None:
    with pytest.raises(OwnDataError, match="count rows instead of time"):
        of([*daily(), "9999-01-01,5"], gaps="fill")


@pytest.mark.parametrize(("window", "horizon"), [(200, 1), (2, 60), (24, 500)])
def test_a_window_longer_than_the_series_says_what_it_needs(window: int, horizon: int) -> None:
    with pytest.raises(OwnDataError, match=f"which need {2 * (window + horizon):,}; use a shorter window or horizon"):
        of(daily(), window=window, horizon=horizon)
    dataset = own_dataset("own_series").model_copy(update={"window": 2000})
    with pytest.raises(DataError, match="use a shorter window or horizon"):
        dataset.load()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2024-01-31", "2024-02-01"], ["2024-01-31", "2024-02-01"]),
        (["31.1.2024", "1.2.2024"], ["2024-01-31", "2024-02-01"]),
        (["1/31/2024", "2/1/2024"], ["2024-01-31", "2024-02-01"]),
        (["31/1/2024", "1/2/2024"], ["2024-01-31", "2024-02-01"]),
        (["1949-01", "1949-02"], ["1949-01-01", "1949-02-01"]),
        (["2024-01-31T12:30:05Z", "2024-01-31 13:30:05+01:00"], ["2024-01-31 12:30:05", "2024-01-31 12:30:05"]),
        (["31.1.99 7:05", "30.1.05 23:59"], ["1999-01-31 07:05", "2005-01-30 23:59"]),
        (["2024-02-30", "2024-02-01"], ["", "2024-02-01"]),
        (["1991 Jul", "1991 Aug"], ["1991-07-01", "1991-08-01"]),
        (["Jan-1-1995", "Feb-28-1995"], ["1995-01-01", "1995-02-28"]),
        (["January 31, 2000", "Sept. 2000"], ["2000-01-31", "2000-09-01"]),
        (["5 July 1991", "05-Dez-91"], ["1991-07-05", "1991-12-05"]),
        (["1970 Q1", "q4 1970"], ["1970-01-01", "1970-10-01"]),
        (["1970q2", "1970-Q3"], ["1970-04-01", "1970-07-01"]),
        (["2024-W01", "2020W53-7"], ["2024-01-01", "2021-01-03"]),
        (["2020M05", "2020m12"], ["2020-05-01", "2020-12-01"]),
        (["1950:1", "1950:4"], ["1950-01-01", "1950-10-01"]),
        (["1950:4", "1950:12"], ["1950-04-01", "1950-12-01"]),
        (["20240229", "20240301"], ["2024-02-29", "2024-03-01"]),
        (["1706745600", "1706749200"], ["2024-02-01", "2024-02-01 01:00"]),
        (["1706745600000", "1706749200000"], ["2024-02-01", "2024-02-01 01:00"]),
    ],
)
def test_notations_of_times(texts: list[str], expected: list[str]) -> None:
    draft = read_table("\n".join(["time,x", *(f'"{text}",{index}' for index, text in enumerate(texts))]).encode(), "times.csv")
    times = read_times(draft.columns[0])
    assert ["" if np.isnan(value) else time_text(float(value), dated=True) for value in times.values] == expected


def test_codes_and_impossible_dates_are_no_times() -> None:
    for cells in (
        ["1001-1", "1002-2", "1003-12"],
        ["2024-13", "2024-14", "2024-15"],
        ["may be", "jun 5", "july"],
        ["12:30", "12:45", "13:00"],
    ):
        assert read_table("\n".join(["part,x", *(f"{cell},1" for cell in cells)]).encode()).columns[0].kind == "category"


def test_what_only_looks_like_times_is_refused() -> None:
    with pytest.raises(OwnDataError, match="contains no dates or times"):
        read_times(read_table(b"time,x\n2024-W60,1\n1970 Q5,2\n").columns[0])


@pytest.mark.parametrize(
    ("header", "cells", "step"),
    [
        ("Month,Visitors", [f"{1990 + row // 12}-{row % 12 + 1:02}" for row in range(36)], "36 steps of 1 month"),
        ("period,gdp", [f"{1990 + row // 4}Q{row % 4 + 1}" for row in range(36)], "36 steps of 3 months"),
        ("week,cases", [f"2024-W{row + 1:02}" for row in range(36)], "36 steps of 1 week"),
        ("year,rain", [str(1900 + row) for row in range(36)], "36 steps of 1;"),
        ("when,kWh", [f"2024-03-{row // 24 + 1:02}T{row % 24:02}:00:00Z" for row in range(36)], "36 steps of 1 hour"),
        ("unix time,kWh", [str(1_706_745_600 + 3600 * row) for row in range(36)], "36 steps of 1 hour"),
        ("date,co2", [f"{1958 + row:04}0329" for row in range(36)], "36 steps of 12 months"),
        ("day,price", [f"{['Jan', 'May', 'Sep'][row % 3]} 1 {2000 + row // 3}" for row in range(36)], "36 steps of 4 months"),
    ],
)  # fmt: skip
def test_a_value_for_each_time_is_suggested_as_a_series(header: str, cells: list[str], step: str) -> None:
    draft = read_table("\n".join([header, *(f"{cell},{100 + row * row % 17}" for row, cell in enumerate(cells))]).encode(), "s.csv")
    assert like_series(draft)
    assert draft.columns[0].kind == ("number" if cells[0].isdigit() else "date")
    assert guess_series(draft).time == 0
    assert guess_series(draft).columns == (1,)
    assert step in said(prepare_series(draft, guess_series(draft)))
    assert guess(draft).target == 1, "as a table it is accepted too"
    prepare_table(draft, guess(draft))


def test_year_and_quarter_make_up_the_time_together() -> None:
    rows = [f"{1959 + row // 4},{row % 4 + 1},{2700 + row * row % 31},{row % 5}" for row in range(40)]
    draft = read_table("\n".join(["year,quarter,gdp,rate", *rows]).encode(), "macro.csv")
    assert like_series(draft)
    assert (guess_series(draft).time, guess_series(draft).columns) == (None, (2,))
    assert not like_series(read_table("\n".join(["year,quarter,gdp,rate", *reversed(rows)]).encode(), "macro.csv"))


@pytest.mark.parametrize(
    "rows",
    [
        ["year,a,b", *(f"{1990 + row % 5},{row},{row % 7}" for row in range(40))],
        ["age,height,weight", *(f"{row},{row % 9},{row % 7}" for row in range(40))],
        ["time,a,b", *(f"{row * row},{row % 9},{row % 7}" for row in range(40))],
        ["day,a", *(f"2024-01-{row % 7 + 1:02},{row % 9}" for row in range(40))],
        ["date,kind", *(f"2024-01-{row + 1:02},k{row % 3}" for row in range(30))],
    ],
)
def test_what_has_no_time_for_each_row_is_not_suggested_as_a_series(rows: list[str]) -> None:
    assert not like_series(read_table("\n".join(rows).encode(), "t.csv"))


def test_few_gaps_are_filled_many_are_not_counted_and_both_are_said() -> None:
    assert guess_series(read_table("\n".join(["date,value", *daily()]).encode())).gaps == "refuse"
    few, missing = daily(10, 11, 30), [row if day % 20 else row.split(",")[0] + "," for day, row in enumerate(daily())]
    for rows in (few, missing, [*daily(), "2024-01-05,100"]):
        assert any(note.warning for note in of(rows).notes)
    assert guess_series(read_table("\n".join(["date,value", *few]).encode())).gaps == "fill"
    weekdays = daily(*(day for day in range(60) if day % 7 in (5, 6)))
    assert guess_series(read_table("\n".join(["date,value", *weekdays]).encode())).gaps == "ignore"
    assert "rows are counted instead" in said(of(weekdays))
    many = [*daily(), *daily()]
    with pytest.raises(OwnDataError, match="occur more than once"):
        of(many)


def test_a_date_that_can_be_read_in_two_ways_is_pointed_out() -> None:
    rows = [f"{1 + day // 12}/{1 + day % 12}/2024,{day}" for day in range(24)]
    assert "was read as month/day/year" in said(of(rows, gaps="ignore"))


def test_ends_of_months_and_years_are_even_steps() -> None:
    ends = np.array([f"{year}-{month:02d}-01" for year in range(2000, 2005) for month in range(1, 13)], "datetime64[D]") - 1
    assert "60 steps of 1 month" in said(of([f"{day},{index}" for index, day in enumerate(ends)]))
    assert "60 steps of 1;" in said(of([f"{1900 + year},{year * year % 17}" for year in range(60)], "year,value"))


@pytest.mark.parametrize(
    ("rows", "header", "choices", "message"),
    [
        (daily(), "date,value", {"columns": ()}, "no column is chosen"),
        (daily(), "date,value", {"columns": (7,)}, "column 8 does not exist"),
        (daily(), "date,value", {"columns": (0,)}, "contains no numbers"),
        (["2024-01-01,1", "2024-01-02,1", "2024-01-03,1"], "date,value", {}, "never changes"),
        (["x,y", "z,w"], "a,b", {}, "no column of numbers"),
        (["5,1", "5,2", "5,3"], "time,value", {"time": 0, "columns": (1,), "repeats": "average"}, "the same time"),
    ],
)
def test_what_cannot_be_forecast_is_refused(rows: list[str], header: str, choices: dict[str, object], message: str) -> None:
    with pytest.raises(OwnDataError, match=message):
        of(rows, header, **choices)


def test_the_same_table_gives_the_same_series_again() -> None:
    rows = "\n".join(["date,a,b,c", *(f"{row},{index % 7},{index % 5}" for index, row in enumerate(daily(20)))]).encode()
    draft = read_table(rows, "s.csv")
    for columns, gaps in (((1,), "fill"), ((2, 3), "ignore"), ((1, 2, 3), "fill")):
        prepared = prepare_series(draft, replace(guess_series(draft), columns=columns, gaps=gaps))
        assert match_series(prepared.dataset, rows, "again.csv").upload.key == prepared.upload.key  # type: ignore[arg-type]
        assert keep(prepared).load().train.inputs.shape[2] == len(columns)
