"""How a dataset is made harder to learn: fewer examples, rarer classes, wrong labels. The test set stays as it is."""

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Array, Split


def fewer(split: Split, most: int, rng: np.random.Generator) -> Split:
    """At most so many examples, in random order; where targets are classes, every class that is there has its share within one."""
    if most >= len(split):
        return split
    order = rng.permutation(len(split))
    if _are_classes(split.targets):
        order = order[np.argsort(split.targets[order], kind="stable")]
    places = (2 * np.arange(most) + 1) * len(split) // (2 * most)
    return _taken(split, rng.permutation(order[places]))


def imbalanced(split: Split, classes: int, ratio: float, rng: np.random.Generator) -> Split:
    """Of each class fewer examples, down to one `ratio`-th of the last class, the first whole; in even ratios between (Cui et al. 2019,
    arXiv:1901.05555). Of no class nothing. Values stay as they are."""
    if ratio == 1 or classes < 2 or not _are_classes(split.targets):
        return split
    kept = []
    for label in range(classes):
        places = rng.permutation(np.flatnonzero(split.targets == label))
        share = ratio ** (-label / (classes - 1))
        kept.append(places[: max(1, round(len(places) * share))])
    return _taken(split, rng.permutation(np.concatenate(kept)))


def mislabelled(split: Split, classes: int, share: float, rng: np.random.Generator) -> Split:
    """That share of the examples with another class, each other one as likely; values get normal noise of `share` times their own
    standard deviation."""
    if share == 0:
        return split
    targets = np.array(split.targets)
    if not _are_classes(targets):
        noise = rng.normal(0, 1, targets.shape) * targets.std(axis=0) * share
        return Split(split.inputs, (targets + noise).astype(targets.dtype))
    if classes > 1:
        wrong = rng.permutation(len(targets))[: round(len(targets) * share)]
        targets[wrong] = (targets[wrong] + rng.integers(1, classes, len(wrong))) % classes
    return Split(split.inputs, targets)


def _are_classes(targets: Array) -> bool:
    return bool(np.issubdtype(targets.dtype, np.integer))


def _taken(split: Split, places: NDArray[np.intp]) -> Split:
    return Split(split.inputs[places], split.targets[places])
