"""Experiments and names that are hard to export."""

import csv
import io

from playground.catalog.datasets import Circle, Plane
from playground.catalog.layers import AdaptiveAvgPool2d, Conv2d, Dense, Flatten, Output, Parallel, ReLU, Residual
from playground.catalog.losses import LOSSES
from playground.network import trace
from playground.own import guess, keep, prepare_table, read_table
from playground.presets import PRESETS
from playground.spec import ExperimentSpec

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a | b \\| c",
    "]]> <!-- &amp; & --> ${x} {{x}}",
    "`code` **bold** [x](http://e.x) ![x](http://e.x)",
    "日本語 עברית 🙂",
)
"""Names of classes and columns that uploaded data could contain."""


def hostile_table() -> ExperimentSpec:
    """An uploaded table whose file, columns and classes have such names."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*HOSTILE[:3], "kind\n# of <b>thing</b>"])
    writer.writerows([row % 7, row % 5, row % 3, HOSTILE[row % len(HOSTILE)]] for row in range(120))
    draft = read_table(text.getvalue().encode(), f"{HOSTILE[0]}.csv")
    return ExperimentSpec(data=keep(prepare_table(draft, guess(draft))), network=(Dense(units=4), ReLU(), Output()), loss=SMALL_CNN.loss)


SMALL_CNN = PRESETS["small_cnn"].spec


def of(*layers, spec=SMALL_CNN) -> ExperimentSpec:
    """An experiment with this network."""
    return spec.model_copy(update={"network": layers})


def combinations():
    """A small network for each loss with each kind of target that it fits, by name."""
    for loss in LOSSES:
        for data in (SMALL_CNN.data, Circle(), Plane()):
            if data.task.answer in loss.tasks:
                start = (Flatten(),) if len(data.shape) > 1 else ()
                network = (*start, Dense(units=6), ReLU(), Output())
                spec = ExperimentSpec(data=data, network=network, loss=loss())
                if trace(spec).ok:  # cosine, for example, cannot use a single number
                    yield f"{loss.name()}-{data.kind}", spec


BRANCHES = of(
    Parallel(branch=((), (Residual(layers=(Conv2d(), ReLU())), Parallel(branch=((Conv2d(filters=4),), ())))), join="concatenate"),
    Parallel(branch=((Conv2d(filters=4),), (Conv2d(filters=4, kernel=5),)), join="add"),
    AdaptiveAvgPool2d(size=5),
    Flatten(),
    Output(),
)
BROKEN = of(Conv2d(), Dense(), Residual(layers=(ReLU(),)), Output())
LONG = of(*(layer for _ in range(66) for layer in (Conv2d(filters=4), ReLU(), Conv2d(filters=8))), Flatten(), Output())
