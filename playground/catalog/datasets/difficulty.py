"""Make a dataset harder to learn: fewer examples, class imbalance, wrong labels. The test set is left unchanged."""

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Array, Split


def fewer(split: Split, most: int, rng: np.random.Generator) -> Split:
    """At most `most` examples, in random order; if every example has a class, their proportions are kept to within one example."""
    if most >= len(split):
        return split
    order = rng.permutation(len(split))
    if _is_one_class_each(split.targets):
        order = order[np.argsort(split.targets[order], kind="stable")]
    indices = (2 * np.arange(most) + 1) * len(split) // (2 * most)
    return _taken(split, rng.permutation(order[indices]))


def imbalanced(split: Split, classes: int, ratio: float, rng: np.random.Generator) -> Split:
    """All examples of the first class, 1/`ratio` of the last, and geometrically fewer in between (Cui et al. 2019, arXiv:1901.05555); at
    least one example per class. Targets that are values, or classes at every step, are left unchanged."""
    if ratio == 1 or classes < 2 or not _is_one_class_each(split.targets):
        return split
    kept = []
    for label in range(classes):
        indices = rng.permutation(np.flatnonzero(split.targets == label))
        share = ratio ** (-label / (classes - 1))
        kept.append(indices[: max(1, round(len(indices) * share))])
    return _taken(split, rng.permutation(np.concatenate(kept)))


def mislabeled(split: Split, classes: int, share: float, rng: np.random.Generator) -> Split:
    """Gives this share of the examples a wrong class, drawn uniformly from the others, or of the steps that have a class; values get normal
    noise of `share` times their standard deviation."""
    if share == 0:
        return split
    targets = np.array(split.targets)
    if not _are_classes(targets):
        noise = rng.normal(0, 1, targets.shape) * targets.std(axis=0) * share
        return Split(split.inputs, (targets + noise).astype(targets.dtype))
    if classes > 1:
        known = np.flatnonzero(targets >= 0)
        wrong = known[rng.permutation(len(known))[: round(len(known) * share)]]
        flat = targets.reshape(-1)
        flat[wrong] = (flat[wrong] + rng.integers(1, classes, len(wrong))) % classes
    return Split(split.inputs, targets)


def _is_one_class_each(targets: Array) -> bool:
    return targets.ndim == 1 and _are_classes(targets)


def _are_classes(targets: Array) -> bool:
    return bool(np.issubdtype(targets.dtype, np.integer))


def _taken(split: Split, indices: NDArray[np.intp]) -> Split:
    return Split(split.inputs[indices], split.targets[indices])
