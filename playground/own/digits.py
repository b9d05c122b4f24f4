"""Drawn digits, collected as examples."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import OwnDigits
from playground.catalog.datasets.examples import Array
from playground.own.errors import OwnDataError
from playground.own.names import shown
from playground.own.prepared import Note, Prepared

MAX_DIGITS = 5_000


def prepare_digits(
    images: Array,
    labels: Sequence[int],
    beside: Literal["none", "mnist_sample"] = "none",
    called: str = "my digits",
    test_share: float = 0.2,
    seed: int = 0,
) -> Prepared:
    """Drawings prepared like on the Draw page: uint8 (N, 28, 28) or (N, 1, 28, 28), or floating-point in [0, 1], and the digits they show.

    beside: "mnist_sample" adds all of them to the training digits of MNIST, whose test set stays the same.
    Raises: OwnDataError if there are none or too many, an image has a different size or is empty, a label is not a digit, or all are the
    same digit and not combined with MNIST."""
    drawings = np.asarray(images)
    if not len(drawings) or not len(labels):
        raise OwnDataError("there are no digits; draw some and label each of them")
    if len(drawings) != len(labels):
        raise OwnDataError(f"{len(drawings):,} drawings, but {len(labels):,} labels; each drawing needs one")
    if len(drawings) > MAX_DIGITS:
        raise OwnDataError(f"{len(drawings):,} drawings; the limit is {MAX_DIGITS:,}; remove some")
    if drawings.shape[1:] not in ((28, 28), (1, 28, 28)):
        raise OwnDataError(
            f"drawings must have 28×28 pixels, got {'×'.join(map(str, drawings.shape[1:]))}; prepare them like on the Draw page"
        )
    if np.issubdtype(drawings.dtype, np.floating):
        drawings = np.clip(np.nan_to_num(drawings) * 255, 0, 255).round()
    drawings = drawings.reshape(-1, 1, 28, 28).astype(np.uint8)
    for number, (drawing, label) in enumerate(zip(drawings, labels, strict=True), start=1):
        if label not in range(10):
            raise OwnDataError(f"drawing {number}: the label must be a digit from 0 to 9, got {shown(str(label))!r}")
        if not drawing.any():
            raise OwnDataError(f"drawing {number} is empty; draw it again or remove it")
    if beside == "none" and len(set(labels)) < 2:
        raise OwnDataError(f"all drawings show the digit {labels[0]}, so there is nothing to learn; draw other digits too, or add MNIST's")
    upload = Upload(drawings, np.array(labels, dtype=np.int64), {"family": "digits", "labels": list(OwnDigits.classes)})
    dataset = OwnDigits(key=upload.key, called=shown(called, 60), beside=beside, test_share=test_share, seed=seed)
    notes = [Note(f"{len(drawings):,} drawn digits.")]
    if beside == "mnist_sample":
        notes.append(Note("All of them are used for training, together with MNIST's training digits; the test set is MNIST's."))
    elif missing := sorted(set(range(10)) - set(labels)):
        notes.append(Note(f"No examples of {', '.join(map(str, missing))}: the network cannot learn these digits.", warning=True))
    return Prepared(dataset, upload, tuple(notes))
