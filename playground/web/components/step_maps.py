"""Maps of one sequence, steps × rows, with one cursor for all of them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.web.components.loader import component


@dataclass(frozen=True, eq=False)
class StepMap:
    """name: what it is, for `arithmetic` in assets/js/step_maps_model.js. values: (rows, steps), NaN where there is none. low, high: ends
    of its color scale; below 0, the scale is symmetric. linked: whether its rows are those that the cursor is on, the same in all linked
    maps; if no map is linked, the cursor is on the rows of each. ends: what the ends of the scale mean."""

    name: str
    title: str
    rows: Sequence[str]
    values: Array
    low: float
    high: float
    linked: bool = False
    ends: tuple[str, str] = ("", "")


def step_maps(
    label: str, steps: Sequence[str], maps: Sequence[StepMap], *, key: str, noun: str = "unit", units: int = 0, explain: bool = False
) -> None:
    """The maps. steps: names. noun: what a row is, "" if its name says so. units: of one direction of a recurrent layer; explain: whether
    to show how its states follow from its gates. Root: `.pg-step-maps`, with data-step and data-row."""
    data = {
        "label": label,
        "noun": noun,
        "steps": list(steps),
        "units": units,
        "explain": explain,
        "maps": [
            {
                "name": each.name,
                "title": each.title,
                "rows": list(each.rows),
                "values": base64.b64encode(np.ascontiguousarray(each.values, "<f4").tobytes()).decode(),
                "low": each.low,
                "high": each.high,
                "linked": each.linked,
                "ends": list(each.ends),
            }
            for each in maps
        ],
    }
    component("step_maps")(key=key, data=data, height="content")
