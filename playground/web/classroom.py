"""What a link can hide or lock on the Playground page, for example for a class: `&hide=loss,schedule&lock=data`.

A convenience, not security: anyone can edit the address and see everything again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import BaseModel

from playground.paths import item
from playground.spec import ExperimentSpec

_MOST_NAMES = 50


@dataclass(frozen=True)
class Part:
    """A part of the page. paths: in the spec, what the part sets; none if there is nothing to lock. but: paths within these that belong to
    another part."""

    name: str
    title: str
    paths: tuple[str, ...] = ()
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
    """The names of hidden and of locked `PARTS`; a locked part cannot be changed, whether it is visible or not."""

    hidden: frozenset[str] = field(default_factory=frozenset)
    locked: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, hide: str | None, lock: str | None) -> tuple[Self, list[str]]:
        """Limits from the `hide` and `lock` values of the address, and the names in them that are unknown."""
        hidden, locked = _names(hide), _names(lock)
        unknown = [name for name in hidden if name not in PARTS] + [name for name in locked if name not in lockable()]
        return cls(frozenset(hidden) & PARTS.keys(), frozenset(locked) & set(lockable())), unknown

    def with_all(self, others: "Limits") -> "Limits":
        """Everything that one or the other hides and locks."""
        return Limits(self.hidden | others.hidden, self.locked | others.locked)

    def address(self) -> dict[str, str | None]:
        """The two values for the address, in the order of `PARTS`; None for none."""
        values = {"hide": self.hidden, "lock": self.locked}
        return {key: ",".join(name for name in PARTS if name in names) or None for key, names in values.items()}

    def hides(self, *names: str) -> bool:
        """Whether all of these parts are hidden."""
        return self.hidden.issuperset(names)

    def locks(self, path: str) -> bool:
        """Whether the setting at a path of the spec, such as `data.noise`, is locked."""
        return any(_is_of(PARTS[name], path) for name in self.locked)

    def kept(self, before: ExperimentSpec, after: ExperimentSpec) -> list[str]:
        """The titles of locked parts that would change."""
        return [part.title for part in _PARTS if part.name in self.locked and _content(part, before) != _content(part, after)]

    def titles(self, *names: str) -> list[str]:
        """The titles of those of these parts that are locked and visible."""
        return [PARTS[name].title for name in names if name in self.locked - self.hidden]


def lockable() -> tuple[str, ...]:
    """The names of the parts that can be locked."""
    return tuple(part.name for part in _PARTS if part.paths)


def _names(text: str | None) -> list[str]:
    names = (name.strip().lower()[:40] for name in (text or "")[:2000].split(","))
    return [name for name in names if name][:_MOST_NAMES]


def _is_of(part: Part, path: str) -> bool:
    return _within(path, part.paths) and not _within(path, part.but)


def _within(path: str, paths: Collection[str]) -> bool:
    return any(path == outer or path.startswith((f"{outer}.", f"{outer}[")) for outer in paths)


def _content(part: Part, spec: ExperimentSpec) -> list[Any]:
    """The values of the part in a spec, and what changes in it while a run trains."""
    values: list[Any] = []
    for path in part.paths:
        value = item(spec, path) if _exists(spec, path) else None
        if isinstance(value, BaseModel) and part.but:
            value = value.model_dump(exclude={inner.rpartition(".")[2] for inner in part.but})
        values.append(None if value == () else value)
    return [*values, [change for change in spec.changes if _is_of(part, change.path)]]


def _exists(spec: ExperimentSpec, path: str) -> bool:
    owner, _, name = path.rpartition(".")
    return not owner or hasattr(item(spec, owner), name)
