"""The curves of a run as a table, read back with Python's csv."""

import csv
import io
from typing import Any

import pytest

from playground.runs import Timeline
from playground.runs.curves import as_csv, best_values
from playground.training.declarations import declarations
from playground.training.events import Evaluated, Progress
from tests.runs.experiments import circle


def timeline(*events: Any) -> Timeline:
    found = Timeline(declared=declarations(circle()))
    for event in events:
        found.add(event)
    return found


def evaluated(step: int, train: float, test: float, accuracy: float) -> Evaluated:
    return Evaluated(step, step / 4, step / 100, {"loss": train, "accuracy": accuracy}, {"loss": test, "accuracy": accuracy - 0.1})


RUN = timeline(
    evaluated(0, 0.7, 0.8, 0.5),
    Progress((1, 2, 3), (0.75, -0.5, float("inf")), 0.75, 0.03, 0.1, 100.0),
    evaluated(2, 0.4, 0.45, 0.9),
    evaluated(3, 0.3, 0.5, 0.8),
)


def test_each_step_is_a_row_with_a_column_per_split_and_metric() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(RUN))))
    assert list(rows[0]) == [
        "step", "epoch", "seconds", "batch_loss", "train_loss", "test_loss", "train_accuracy", "test_accuracy",
    ]  # fmt: skip
    assert [row["step"] for row in rows] == ["0", "1", "2", "3"]
    assert [row["batch_loss"] for row in rows] == ["", "0.75", "-0.5", ""]
    assert [row["test_loss"] for row in rows] == ["0.8", "", "0.45", "0.5"]
    assert [row["epoch"] for row in rows] == ["0.0", "0.25", "0.5", "0.75"]


def test_every_cell_is_a_number_so_that_no_spreadsheet_runs_one() -> None:
    for row in list(csv.reader(io.StringIO(as_csv(RUN))))[1:]:
        for cell in row:
            assert cell == "" or float(cell) is not None


def test_the_best_of_a_loss_is_the_lowest_and_of_an_accuracy_the_highest() -> None:
    assert best_values(RUN) == {"loss": 0.45, "accuracy": pytest.approx(0.8)}
    assert best_values(timeline()) == {}
