"""How many different images augmentation makes from a training set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from playground.catalog.augmentations.base import Augmentation


@dataclass(frozen=True)
class Variety:
    """most: how many different images are possible, None if unlimited. expected: how many of them training sees, on average."""

    most: int | None
    expected: float


def variety(augmentations: Sequence[Augmentation], images: int, epochs: int, channels: int) -> Variety:
    """For this number of training images, each seen once per epoch.

    Augmentations with a countable number of results cycle through them: two equal flips in a row add one image, not three. All others
    create a new image every time they are applied. With q the probability that none of these changes an image, and w the probability of
    each countable result, E epochs show E·(1 − q) + Σ (1 − (1 − q·w)^E) different versions of an image."""
    active = [each for each in augmentations if not each.idle(channels)]
    untouched = math.prod(1 - each.probability for each in active if each.results is None)
    chances = [math.prod(each) for each in product(*_rounds(active))]
    new = epochs * (1 - untouched)
    known = sum(1 - (1 - untouched * chance) ** epochs for chance in chances)
    endless = any(each.results is None for each in active)
    return Variety(None if endless else images * sum(chance > 0 for chance in chances), images * (new + known))


def _rounds(augmentations: Sequence[Augmentation]) -> list[list[float]]:
    """For each kind with countable results: the probability of each result after all augmentations of that kind."""
    rounds: dict[str, list[float]] = {}
    for each in augmentations:
        if each.results is not None:
            count = each.results
            step = [1 - each.probability] + [each.probability / (count - 1)] * (count - 1)
            before = rounds.get(each.kind, [1.0] + [0.0] * (count - 1))
            rounds[each.kind] = [sum(before[at] * step[(to - at) % count] for at in range(count)) for to in range(count)]
    return list(rounds.values())
