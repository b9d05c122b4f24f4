"""Which views of a run are wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Wanted:
    """The views that somebody looks at. chosen: by name, the indices of what is chosen in each, such as a layer. everything: all other
    views are wanted, too."""

    chosen: Mapping[str, frozenset[int]] = field(default_factory=dict)
    everything: bool = False

    def __contains__(self, name: object) -> bool:
        return self.everything or name in self.chosen

    def choices(self, name: str) -> frozenset[int]:
        """What is chosen in a view: the first choice if nobody has chosen, and among everything."""
        first = frozenset({0})
        chosen = self.chosen.get(name) or first
        return chosen | first if self.everything else chosen

    def is_within(self, other: "Wanted") -> bool:
        """Whether the other one has all that is chosen here."""
        return all(name in other.chosen and choices <= other.chosen[name] for name, choices in self.chosen.items())

    @property
    def and_everything(self) -> "Wanted":
        """These and all other views."""
        return replace(self, everything=True)

    @classmethod
    def together(cls, several: Iterable["Wanted"]) -> "Wanted":
        """What any of them wants."""
        chosen: dict[str, frozenset[int]] = {}
        everything = False
        for wanted in several:
            everything = everything or wanted.everything
            for name, choices in wanted.chosen.items():
                chosen[name] = chosen.get(name, frozenset()) | choices
        return cls(chosen, everything)


EVERYTHING = Wanted(everything=True)
NOTHING = Wanted()
