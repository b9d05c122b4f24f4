"""How many different images augmentation makes of a training set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from playground.catalog.augmentations.base import Augmentation


@dataclass(frozen=True)
class Variety:
    """most: how many different images there can ever be, None where every change is new. expected: how many training sees, on average."""

    most: int | None
    expected: float


def variety(augmentations: Sequence[Augmentation], images: int, epochs: int, channels: int) -> Variety:
    """Of so many training images, seen once an epoch.

    Augmentations with a countable number of results go round them: two flips the same way make one image more, not three. All others
    make an image that was not there before each time that they change one. With q the chance that none of those changes an image, and
    w the chance of each countable result, E epochs show E·(1 − q) + Σ (1 − (1 − q·w)^E) different images of one."""
    active = [each for each in augmentations if not each.idle(channels)]
    untouched = math.prod(1 - each.probability for each in active if each.results is None)
    chances = [math.prod(each) for each in product(*_rounds(active))]
    new = epochs * (1 - untouched)
    known = sum(1 - (1 - untouched * chance) ** epochs for chance in chances)
    endless = any(each.results is None for each in active)
    return Variety(None if endless else images * sum(chance > 0 for chance in chances), images * (new + known))


def _rounds(augmentations: Sequence[Augmentation]) -> list[list[float]]:
    """For each kind with countable results: the chances of each of them, after all augmentations of the kind."""
    rounds: dict[str, list[float]] = {}
    for each in augmentations:
        if each.results is not None:
            count = each.results
            step = [1 - each.probability] + [each.probability / (count - 1)] * (count - 1)
            before = rounds.get(each.kind, [1.0] + [0.0] * (count - 1))
            rounds[each.kind] = [sum(before[at] * step[(to - at) % count] for at in range(count)) for to in range(count)]
    return list(rounds.values())
