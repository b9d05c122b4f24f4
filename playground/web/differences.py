"""Where two specs differ, for people."""

from typing import Any

from playground.spec import ExperimentSpec


def differences(before: ExperimentSpec, after: ExperimentSpec) -> list[str]:
    """One short line a place, as in "optimizer.lr: 0.001 → 0.01"; [] for equal specs."""
    found: list[str] = []
    _compare("", before.model_dump(), after.model_dump(), found)
    return found


def _compare(path: str, before: Any, after: Any, found: list[str]) -> None:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.get("kind") == after.get("kind"):
        for name in before.keys() | after.keys():
            _compare(f"{path}.{name}" if path else name, before.get(name), after.get(name), found)
    elif isinstance(before, tuple | list) and isinstance(after, tuple | list):
        if len(before) == len(after):
            for index, pair in enumerate(zip(before, after, strict=True)):
                _compare(f"{path}[{index}]", *pair, found)
        else:
            found.append(f"{path}: {len(before)} → {len(after)}")
    else:
        found.append(f"{path}: {_say(before)} → {_say(after)}")


def _say(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", "…"))
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)
