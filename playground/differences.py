"""Where two specs differ, for people: place by place, with layers that were put in or taken out told as such."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from playground.catalog.layers import Layer
from playground.catalog.variant import Variant
from playground.shorthand import write
from playground.spec import ExperimentSpec, compact

_LONGEST = 120


@dataclass(frozen=True)
class Difference:
    """place: as in `network[2].units`; of what was removed in the first spec, else in the second. before, after: what stands there, None
    where there is nothing."""

    place: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.place}: {self.after} added"
        return f"{self.place}: {self.before} removed" if self.after is None else f"{self.place}: {self.before} → {self.after}"


def differences(before: ExperimentSpec, after: ExperimentSpec) -> list[Difference]:
    """In the order of the spec, as in "optimizer.lr: 0.001 → 0.01"; [] for equal specs and for no others."""
    return list(_of_fields("", before, after))


def _of_fields(place: str, before: BaseModel, after: BaseModel) -> Iterator[Difference]:
    for name in type(before).model_fields:
        yield from _of_values(f"{place}.{name}" if place else name, getattr(before, name), getattr(after, name))


def _of_values(place: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, BaseModel) and type(before) is type(after):
        yield from _of_fields(place, before, after)
    elif _holds_parts(before) and _holds_parts(after):
        yield from _of_lists(place, before, after)
    else:
        yield Difference(place, _say(before), _say(after))


def _holds_parts(value: Any) -> bool:
    """Whether it is a list of layers, of augmentations or of branches."""
    return isinstance(value, tuple) and all(isinstance(each, Variant | tuple) for each in value)


def _of_lists(place: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """What is the same in both stays; between, what is of the same kind is compared, and what is left over was put in or taken out."""
    for start, stop, to, end in _unlike(before, after):
        left, right = before[start:stop], after[to:end]
        for first, last, other, close in _unlike([_kind(each) for each in left], [_kind(each) for each in right], between=True):
            for index in range(max(last - first, close - other)):
                at, new = start + first + index, to + other + index
                if first + index >= last:
                    yield Difference(f"{place}[{new}]", None, _say(after[new]))
                elif other + index >= close:
                    yield Difference(f"{place}[{at}]", _say(before[at]), None)
                else:
                    yield from _of_values(f"{place}[{new}]", before[at], after[new])


def _unlike(before: Sequence[Any], after: Sequence[Any], *, between: bool = False) -> Iterator[tuple[int, int, int, int]]:
    """The stretches in which two lists differ: from, to in the first and in the second. between: those that are equal too."""
    for tag, *stretch in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if between or tag != "equal":
            yield stretch[0], stretch[1], stretch[2], stretch[3]


def _kind(part: Any) -> str:
    return part.kind if isinstance(part, Variant) else ""


def _say(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _text(value: Any) -> str:
    if isinstance(value, Layer):
        return write((value,))
    if isinstance(value, Variant):
        changed = {name: each for name, each in compact(value).items() if name != "kind"}
        return " ".join([value.kind, *(f"{name}={_text(each)}" for name, each in changed.items())])
    if isinstance(value, tuple | list):
        is_chain = bool(value) and all(isinstance(each, Layer) for each in value)
        return write(value) if is_chain else f"[{', '.join(map(_text, value))}]"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "none" if value is None else str(value)
