"""Which examples are learned from, and which are kept for the test."""

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Array, Data, Split


def split(inputs: Array, targets: Array, tests: int, seed: int) -> Data:
    """Examples in random order, `tests` of them for the test.

    Where targets are classes (integers), every class has its share of the test within one example. tests: 1 … N − 1."""
    rng = np.random.default_rng([seed, 1])  # a stream of its own: the split does not move when more noise is drawn
    train, test = _places(targets, tests, rng)
    return Data(Split(inputs[train], targets[train]), Split(inputs[test], targets[test]))


def _places(targets: Array, tests: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Evenly spaced places of the examples in random order, sorted by class: each class gives its share."""
    order = rng.permutation(len(targets))
    if np.issubdtype(targets.dtype, np.integer):
        order = order[np.argsort(targets[order], kind="stable")]
    is_test = np.zeros(len(targets), dtype=bool)
    is_test[(2 * np.arange(tests) + 1) * len(targets) // (2 * tests)] = True
    return rng.permutation(order[~is_test]), rng.permutation(order[is_test])
