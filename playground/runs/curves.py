"""The curves of a run as a table."""

import csv
import io
from collections.abc import Mapping

from playground.runs.timeline import Series, Timeline

_WHEN = ("step", "epoch", "seconds")


def as_csv(timeline: Timeline) -> str:
    """One row per step that is known: of its batch "batch_loss", of an evaluation the columns of splits and metrics ("test_accuracy").

    All cells are numbers or empty."""
    series: Series = timeline.delta(None)[0]["series"]
    batch = {name if name in _WHEN else name.replace("train_", "batch_", 1): values for name, values in series["batch"].items()}
    rows: dict[float | None, dict[str, float | None]] = {}
    for columns in (batch, series["evaluated"]):
        for values in zip(*columns.values(), strict=True):
            row = dict(zip(columns, values, strict=True))
            rows[row["step"]] = {**row, **rows.get(row["step"], {})}
    names = list(dict.fromkeys([*batch, *series["evaluated"]]))
    text = io.StringIO()
    table = csv.DictWriter(text, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows[step] for step in sorted(rows, key=lambda step: step or 0))
    return text.getvalue()


def best_values(timeline: Timeline) -> Mapping[str, float]:
    """The best number that each metric reached on the test set."""
    columns = timeline.delta(None)[0]["series"]["evaluated"]
    best = {}
    for metric in timeline.declared.metrics:
        values = [value for value in columns.get(metric.column("test"), ()) if value is not None] if "test" in metric.splits else []
        if values:
            best[metric.name] = min(values) if metric.better == "lower" else max(values)
    return best
