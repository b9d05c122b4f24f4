"""A training step taken apart, phase by phase."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.web.components.loader import component


def one_step(data: Mapping[str, Any], *, key: str, on_picked_change: Callable[[], None]) -> None:
    """The step. data: as `step_data` gives it, with "points" where training examples are points to choose from.

    Its state `picked` is what the visitor chose: {"path", "unit", "weight"}, or {"example"}. Root: `.pg-one-step` (data-phase, data-step,
    data-path, data-unit)."""
    component("one_step")(key=key, data=data, on_picked_change=on_picked_change, height="content")
