"""The differences between two specs, path by path, with added and removed layers reported as such."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from playground.catalog.layers import Layer
from playground.catalog.variant import Variant
from playground.paths import item, steps
from playground.shorthand import write
from playground.spec import ExperimentSpec, compact

_LONGEST = 120


@dataclass(frozen=True)
class Difference:
    """path: such as `network[2].units`; in the first spec if the value was removed, otherwise in the second. before, after: the values,
    None if there is none."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: {self.after} added"
        return f"{self.path}: {self.before} removed" if self.after is None else f"{self.path}: {self.before} → {self.after}"


def differences(before: ExperimentSpec, after: ExperimentSpec) -> list[Difference]:
    """The differences in the order of the spec, such as "optimizer.lr: 0.001 → 0.01"; empty only for equal specs."""
    return list(_of_fields("", before, after))


def in_short(before: ExperimentSpec, after: ExperimentSpec, most: int = 2) -> str:
    """What `after` has differently, as a name for it beside `before`: "dropout 0.5", "without dropout 0.5, learning rate 0.01"; "same
    settings" for equal specs. most: differences that are named, the rest is counted."""
    named = list(dict.fromkeys(_named(difference, after) for difference in differences(before, after)))
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return ", ".join(named[:most]) + more or "same settings"


def _named(difference: Difference, after: ExperimentSpec) -> str:
    if difference.after is None:
        return f"without {difference.before}"
    owner = item(after, difference.path.rpartition(".")[0]) if "." in difference.path else after
    name = steps(difference.path)[-1]
    if isinstance(owner, Layer):
        return write((owner,)) if not owner.branches() else f"{_titled(owner, name)} {difference.after}"
    if isinstance(name, int):
        return difference.after
    value = getattr(owner, name)
    return value.spoken() if isinstance(value, Variant) else f"{_titled(owner, name)} {difference.after}"


def _titled(owner: BaseModel, name: str | int) -> str:
    """The title of a setting, within a sentence."""
    field = type(owner).model_fields.get(str(name))
    return (field.title if field and field.title else str(name)).lower()


def _of_fields(path: str, before: BaseModel, after: BaseModel) -> Iterator[Difference]:
    for name in type(before).model_fields:
        yield from _of_values(f"{path}.{name}" if path else name, getattr(before, name), getattr(after, name))


def _of_values(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, BaseModel) and type(before) is type(after):
        yield from _of_fields(path, before, after)
    elif _holds_parts(before) and _holds_parts(after):
        yield from _of_lists(path, before, after)
    else:
        yield Difference(path, _say(before), _say(after))


def _holds_parts(value: Any) -> bool:
    """Whether it is a list of layers, augmentations or branches."""
    return isinstance(value, tuple) and all(isinstance(part, Variant | tuple) for part in value)


def _of_lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Skips equal parts; between them, parts of the same kind are compared, and the rest were added or removed."""
    for start, stop, to, end in _unlike(before, after):
        left, right = before[start:stop], after[to:end]
        for first, last, other, close in _unlike([_kind(each) for each in left], [_kind(each) for each in right], between=True):
            for index in range(max(last - first, close - other)):
                at, new = start + first + index, to + other + index
                if first + index >= last:
                    yield Difference(f"{path}[{new}]", None, _say(after[new]))
                elif other + index >= close:
                    yield Difference(f"{path}[{at}]", _say(before[at]), None)
                else:
                    yield from _of_values(f"{path}[{new}]", before[at], after[new])


def _unlike(before: Sequence[Any], after: Sequence[Any], *, between: bool = False) -> Iterator[tuple[int, int, int, int]]:
    """The ranges in which two lists differ: start and stop in the first and in the second. between: equal ranges too."""
    for tag, *bounds in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if between or tag != "equal":
            yield bounds[0], bounds[1], bounds[2], bounds[3]


def _kind(part: Any) -> str:
    return part.kind if isinstance(part, Variant) else ""


def _say(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _text(value: Any) -> str:
    if isinstance(value, Layer):
        return write((value,))
    if isinstance(value, Variant):
        changed = {name: setting for name, setting in compact(value).items() if name != "kind"}
        return " ".join([value.kind, *(f"{name}={_text(setting)}" for name, setting in changed.items())])
    if isinstance(value, tuple | list):
        is_chain = bool(value) and all(isinstance(part, Layer) for part in value)
        return write(value) if is_chain else f"[{', '.join(map(_text, value))}]"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "none" if value is None else str(value)
