"""Neutral names of seats: a color and an animal. Nobody types a name, so none can hurt or reveal anybody."""

import secrets
from collections import Counter
from collections.abc import Collection

COLORS = ("red", "orange", "amber", "green", "teal", "blue", "indigo", "purple", "pink", "brown")
ANIMALS = (
    "badger", "beaver", "crane", "dolphin", "falcon", "finch", "fox", "gecko", "hare", "heron", "koala", "lemur", "lynx", "otter", "owl",
    "panda", "penguin", "puffin", "raven", "robin", "seal", "swan", "tiger", "turtle", "whale", "zebra",
)  # fmt: skip

MOST_NAMES = len(COLORS) * len(ANIMALS)

Name = tuple[str, str]
"""A color and an animal."""


def free_name(taken: Collection[Name]) -> Name:
    """A name that is not taken, of the colors and animals that are the rarest so far: in a small class, no animal appears twice.

    Raises: ValueError if all are taken."""
    colors, animals = Counter(color for color, _ in taken), Counter(animal for _, animal in taken)
    free = [(color, animal) for color in COLORS for animal in ANIMALS if (color, animal) not in taken]
    if not free:
        raise ValueError("all names are taken")
    rarest = min((animals[animal], colors[color]) for color, animal in free)
    return secrets.choice([name for name in free if (animals[name[1]], colors[name[0]]) == rarest])
