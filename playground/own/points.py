"""Points drawn in the plane."""

import math
from collections.abc import Sequence

import numpy as np

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import Dataset, OwnPoints
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
    """Points (x, y, class), appended to those of the dataset `onto` if there is one, whose classes then come first.

    labels: names of the classes; missing ones are filled in.
    Raises: OwnDataError if a point is outside the bounds or not finite, there are too many, or fewer than two classes."""
    if not drawn:
        raise OwnDataError("there are no points; draw some, in at least two classes")
    if len(drawn) > MAX_POINTS:
        raise OwnDataError(f"{len(drawn):,} points; the limit is {MAX_POINTS:,}; remove some")
    low, high = OwnPoints.bounds
    for number, (x, y, label) in enumerate(drawn, start=1):
        if not (math.isfinite(x) and math.isfinite(y) and low <= x <= high and low <= y <= high):
            raise OwnDataError(
                f"point {number}: coordinates must be between {low:g} and {high:g}, got ({x:g}, {y:g}); draw it inside the plane"
            )
        if not 0 <= label < MAX_CLASSES or label != int(label):
            raise OwnDataError(f"point {number}: the class must be an integer from 0 to {MAX_CLASSES - 1}, got {label}")
    inputs = np.array([point[:2] for point in drawn], dtype=np.float32)
    targets = np.array([point[2] for point in drawn], dtype=np.int64)
    notes = [Note(f"{len(drawn):,} drawn point{'s' if len(drawn) > 1 else ''}.")]
    names = list(labels)
    if onto is not None:
        if onto.encoding != OwnPoints.encoding or not onto.classes:
            raise OwnDataError(f"{onto.title} is not a dataset of points in classes, so none can be added; choose another dataset")
        data = onto.examples()
        inputs = np.concatenate([data.train.inputs, data.test.inputs, inputs])
        targets = np.concatenate([data.train.targets, data.test.targets, targets])
        names = [*onto.classes, *names[len(onto.classes) :]]
        notes.append(Note(f"Added to the {len(data.train) + len(data.test):,} points of “{onto.title}”."))
    used = sorted(set(targets.tolist()))
    if len(used) < 2:
        raise OwnDataError("all points are in one class, so there is nothing to learn; draw some in another color")
    names += [f"class {number + 1}" for number in range(len(names), used[-1] + 1)]
    if skipped := [shown(names[number]) for number in range(used[-1] + 1) if number not in used]:
        notes.append(Note(f"Left out classes without points: {', '.join(skipped)}."))
    upload = Upload(
        inputs,
        np.searchsorted(used, targets).astype(np.int64),
        {"family": "points", "labels": list(distinct(names[number] or f"class {number + 1}" for number in used))},
    )
    dataset = OwnPoints(
        key=upload.key, called=shown(called, 60), labels=tuple(upload.description["labels"]), test_share=test_share, seed=seed
    )
    return Prepared(dataset, upload, tuple(notes))
