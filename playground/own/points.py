"""Points drawn by hand on the plane."""

import math
from collections.abc import Sequence

import numpy as np

from playground.catalog.datasets import Dataset, OwnPoints
from playground.catalog.datasets.uploads import Upload
from playground.own.errors import OwnDataError
from playground.own.names import distinct, shown
from playground.own.prepared import Note, Prepared

MAX_POINTS = 5_000
MAX_CLASSES = 10


def prepare_points(
    drawn: Sequence[tuple[float, float, int]],
    labels: Sequence[str] = (),
    onto: Dataset | None = None,
    called: str = "my points",
    test_share: float = 0.2,
    seed: int = 0,
) -> Prepared:
    """Points (x, y, class), after all those of the set `onto` where there is one, whose classes are then the first.

    labels: names of the classes, as many as are used; made up where too few.
    Raises: OwnDataError if a point lies outside the bounds or is no number, there are too many, or fewer than two classes."""
    if not drawn:
        raise OwnDataError("no points: draw some on the plane, in at least two classes")
    if len(drawn) > MAX_POINTS:
        raise OwnDataError(f"{len(drawn):,} points: at most {MAX_POINTS:,} can be drawn; leave some out")
    low, high = OwnPoints.bounds
    for place, (x, y, label) in enumerate(drawn, start=1):
        if not (math.isfinite(x) and math.isfinite(y) and low <= x <= high and low <= y <= high):
            raise OwnDataError(f"point {place}: ({x:g}, {y:g}) lies outside the plane, which goes from {low:g} to {high:g}; draw it inside")
        if not 0 <= label < MAX_CLASSES or label != int(label):
            raise OwnDataError(f"point {place}: class {label} does not exist; there can be {MAX_CLASSES}, from 0 to {MAX_CLASSES - 1}")
    inputs = np.array([point[:2] for point in drawn], dtype=np.float32)
    targets = np.array([point[2] for point in drawn], dtype=np.int64)
    notes = [Note(f"{len(drawn):,} points drawn.")]
    names = list(labels)
    if onto is not None:
        if onto.family != "points" or not onto.classes:
            raise OwnDataError(f"{onto.title} has no classes of points, so none can be added; choose another set to draw onto")
        data = onto.examples()
        inputs = np.concatenate([data.train.inputs, data.test.inputs, inputs])
        targets = np.concatenate([data.train.targets, data.test.targets, targets])
        names = [*onto.classes, *names[len(onto.classes) :]]
        notes.append(Note(f"They lie onto {len(data.train) + len(data.test):,} points of “{onto.title}”."))
    used = sorted(set(targets.tolist()))
    if len(used) < 2:
        raise OwnDataError("all points are of one class, so there is nothing to tell apart; draw some of another colour")
    names += [f"class {number + 1}" for number in range(len(names), used[-1] + 1)]
    if skipped := [shown(names[number]) for number in range(used[-1] + 1) if number not in used]:
        notes.append(Note(f"No points of {', '.join(skipped)}: left out of the classes."))
    upload = Upload(
        inputs,
        np.searchsorted(used, targets).astype(np.int64),
        {"family": "points", "labels": list(distinct(names[number] or f"class {number + 1}" for number in used))},
    )
    dataset = OwnPoints(
        key=upload.key, called=shown(called, 60), labels=tuple(upload.description["labels"]), test_share=test_share, seed=seed
    )
    return Prepared(dataset, upload, tuple(notes))
