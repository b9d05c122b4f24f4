"""Specs of earlier versions, brought to today's form, so that links and files open for ever.

A change of the spec's form that old links would notice is a new version: a field renamed or moved, a kind that went, and a default that
changed too, as links leave defaults out. Then `VERSION` goes up by one, the step from the version before is written here, and
`python -m scripts.keep_links` keeps links of the new version for the tests."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from playground.spec import VERSION, SpecError

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _norms_of_whole_sequences(data: dict[str, Any]) -> dict[str, Any]:
    """Layer normalization of a sequence took all its steps together, and now takes each by itself unless `over` says otherwise."""
    layers = list(_layers(data["network"]))
    if any(layer.get("kind") == "to_sequence" for layer in layers):
        for layer in layers:
            if layer.get("kind") == "layer_norm":
                layer.setdefault("over", "all")
    return data


def _nothing_chosen(data: dict[str, Any]) -> dict[str, Any]:
    """Runs took one thread, unless the spec said otherwise, and PyTorch's default memory format; now they choose the fastest."""
    training = data.setdefault("training", {})
    training.setdefault("threads", 1)
    training.setdefault("memory_format", "contiguous")
    return data


def _layers(plain: Any) -> Iterator[dict[str, Any]]:
    """The layers of a network as plain data, including those inside blocks."""
    if isinstance(plain, list):
        for item in plain:
            yield from _layers(item)
    elif isinstance(plain, dict):
        yield plain
        for item in plain.values():
            yield from _layers(item)


MIGRATIONS: dict[int, Step] = {1: _norms_of_whole_sequences, 2: _nothing_chosen}
"""By version: the same experiment as plain data of the next one. A step gets a copy of its own, takes whatever people wrote, and leaves
what it does not know to the checks that come after."""

_UNFIT = (LookupError, TypeError, ValueError, AttributeError)


def migrated(data: Mapping[str, Any], steps: Mapping[int, Step] = MIGRATIONS, newest: int = VERSION) -> Mapping[str, Any]:
    """Plain data of any earlier version as data of the newest; what says no version is of the newest.

    Raises: SpecError if it is of a later version, or not what its version says."""
    version = data.get("version", newest)
    if not isinstance(version, int) or isinstance(version, bool):
        return data  # told by the checks that come after, as any wrong value
    if version > newest:
        theirs = str(version)[:9]
        raise SpecError(f"version: this spec was made by a newer version of the playground ({theirs}; here: {newest}); update to open it")
    while version in steps:
        try:
            data = {**steps[version](_copied(data)), "version": version + 1}
        except _UNFIT:
            raise SpecError(f"spec: says that it is of version {version}, but is not in its form; open it where it was made") from None
        version += 1
    return data


def _copied(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _copied(value) for name, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list | tuple) else data
