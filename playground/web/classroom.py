"""What a link can hide or lock on the page of the playground, as for a class: `&hide=loss,schedule&lock=data`.

A courtesy, not security: whoever changes the address sees everything again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import BaseModel

from playground.paths import item
from playground.spec import ExperimentSpec

_MOST_NAMES = 50


@dataclass(frozen=True)
class Part:
    """A part of the screen. places: of the spec that it sets, none where there is nothing to lock. but: places within, which are another
    part's."""

    name: str
    title: str
    places: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


_PARTS = (
    Part("data", "Data", ("data",), but=("data.augmentations",)),
    Part("augmentation", "Augmentation", ("data.augmentations",)),
    Part("batches", "Batch size and seed", ("training.batch_size", "training.seed")),
    Part("network", "Network", ("network",)),
    Part("presets", "Presets"),
    Part("loss", "Loss", ("loss",)),
    Part("optimizer", "Optimizer and learning rate", ("optimizer",)),
    Part("schedule", "Schedule", ("schedule",)),
    Part("training", "Epochs, device and early stopping", ("training",), but=("training.batch_size", "training.seed")),
    Part("output", "Output"),
    Part("share", "Share"),
    Part("take_away", "Export"),
    Part("pages", "Other pages"),
)

PARTS: Mapping[str, Part] = {part.name: part for part in _PARTS}


@dataclass(frozen=True)
class Limits:
    """What is hidden and what is locked, by the names of `PARTS`; what is locked stays as it is, whether it is seen or not."""

    hidden: frozenset[str] = field(default_factory=frozenset)
    locked: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, hide: str | None, lock: str | None) -> tuple[Self, list[str]]:
        """What the address says under `hide` and `lock`, and what of it is not known here."""
        hidden, locked = _names(hide), _names(lock)
        unknown = [name for name in hidden if name not in PARTS] + [name for name in locked if name not in lockable()]
        return cls(frozenset(hidden) & PARTS.keys(), frozenset(locked) & set(lockable())), unknown

    def address(self) -> dict[str, str | None]:
        """The two values for the address, in the order of `PARTS`; None for nothing."""
        given = {"hide": self.hidden, "lock": self.locked}
        return {key: ",".join(name for name in PARTS if name in names) or None for key, names in given.items()}

    def hides(self, *names: str) -> bool:
        """Whether all of these parts are hidden."""
        return self.hidden.issuperset(names)

    def locks(self, place: str) -> bool:
        """Whether the setting at this place of the spec stays as it is, as in `data.noise`."""
        return any(_is_of(PARTS[name], place) for name in self.locked)

    def kept(self, before: ExperimentSpec, after: ExperimentSpec) -> list[str]:
        """The titles of the locked parts that would change."""
        return [part.title for part in _PARTS if part.name in self.locked and _content(part, before) != _content(part, after)]

    def titles(self, *names: str) -> list[str]:
        """Of those of these parts that are locked and seen."""
        return [PARTS[name].title for name in names if name in self.locked - self.hidden]


def lockable() -> tuple[str, ...]:
    """The names of the parts that can be locked."""
    return tuple(part.name for part in _PARTS if part.places)


def _names(text: str | None) -> list[str]:
    names = (name.strip().lower()[:40] for name in (text or "")[:2000].split(","))
    return [name for name in names if name][:_MOST_NAMES]


def _is_of(part: Part, place: str) -> bool:
    return _within(place, part.places) and not _within(place, part.but)


def _within(place: str, places: Collection[str]) -> bool:
    return any(place == each or place.startswith((f"{each}.", f"{each}[")) for each in places)


def _content(part: Part, spec: ExperimentSpec) -> list[Any]:
    """What the part says in a spec."""
    found: list[Any] = []
    for place in part.places:
        value = item(spec, place) if _exists(spec, place) else None
        if isinstance(value, BaseModel) and part.but:
            value = value.model_dump(exclude={each.rpartition(".")[2] for each in part.but})
        found.append(None if value == () else value)
    return found


def _exists(spec: ExperimentSpec, place: str) -> bool:
    owner, _, name = place.rpartition(".")
    return not owner or hasattr(item(spec, owner), name)
