"""Split examples into training and test set."""

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Array, Data, Split


def split(inputs: Array, targets: Array, tests: int, seed: int) -> Data:
    """Shuffled examples, `tests` of them in the test set.

    If every example has a class (integers), the split is stratified to within one example. tests: 1 … N − 1."""
    rng = np.random.default_rng([seed, 1])  # a separate stream: the split does not change when more noise is drawn
    train, test = _indices(targets, tests, rng)
    return Data(Split(inputs[train], targets[train]), Split(inputs[test], targets[test]))


def _indices(targets: Array, tests: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Test examples are evenly spaced among the shuffled examples sorted by class, so each class contributes its share."""
    order = rng.permutation(len(targets))
    if targets.ndim == 1 and np.issubdtype(targets.dtype, np.integer):
        order = order[np.argsort(targets[order], kind="stable")]
    is_test = np.zeros(len(targets), dtype=bool)
    is_test[(2 * np.arange(tests) + 1) * len(targets) // (2 * tests)] = True
    return rng.permutation(order[~is_test]), rng.permutation(order[is_test])
