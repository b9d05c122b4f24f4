"""Versions of a spec for undo and redo. Stored as text, which survives a reload of the code."""

from dataclasses import dataclass, replace
from typing import Any, Self

LONGEST = 100
"""Maximum number of steps that can be undone."""


@dataclass(frozen=True)
class Version:
    """A spec as JSON. why: the edit that led to it."""

    json: str
    why: str = ""


@dataclass(frozen=True)
class History:
    """Past versions, the present one, and those that were undone."""

    present: Version
    past: tuple[Version, ...] = ()
    future: tuple[Version, ...] = ()

    def edited(self, json: str, why: str) -> Self:
        """A new present; undone versions are discarded. Unchanged JSON is not an edit."""
        if json == self.present.json:
            return self
        return replace(self, present=Version(json, why), past=(*self.past, self.present)[-LONGEST:], future=())

    def undone(self) -> Self:
        """One step back; unchanged if there is none."""
        if not self.past:
            return self
        return replace(self, present=self.past[-1], past=self.past[:-1], future=(self.present, *self.future))

    def redone(self) -> Self:
        """One step forward; unchanged if nothing was undone."""
        if not self.future:
            return self
        return replace(self, present=self.future[0], past=(*self.past, self.present), future=self.future[1:])

    @property
    def undoes(self) -> str | None:
        """What the next undo would undo, None if nothing."""
        return self.present.why if self.past else None

    @property
    def redoes(self) -> str | None:
        return self.future[0].why if self.future else None

    def plain(self) -> dict[str, Any]:
        """As plain data; `History.of(history.plain()) == history`."""
        pairs = [[(version.json, version.why) for version in versions] for versions in ((self.present,), self.past, self.future)]
        return {"present": pairs[0], "past": pairs[1], "future": pairs[2]}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        present, past, future = (tuple(Version(*pair) for pair in plain[name]) for name in ("present", "past", "future"))
        return cls(present[0], past, future)
