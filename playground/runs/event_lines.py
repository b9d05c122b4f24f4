"""The lines of `metrics.jsonl`: events of training as JSON."""

import dataclasses
import json
import math
from typing import Any

from playground.catalog.metrics import SPLITS
from playground.training.checkpoint import Checkpoint
from playground.training.events import Event, Results, Snapshot, Started, View


def event_json(event: Event) -> dict[str, Any] | None:
    """The event as one line of JSON: its name and its numbers, None where a number is not finite. None for views,
    weights and checkpoints.

    A Progress, which has columns, is represented by its last step; metrics have the names of `Results.columns`."""
    if isinstance(event, View | Snapshot | Checkpoint):
        return None
    fields: dict[str, Any] = {}
    for name in (field.name for field in dataclasses.fields(event)):
        if isinstance(event, Started) and name == "declared":
            fields |= event.declared.plain
        elif isinstance(event, Started) and name == "execution":
            fields |= dataclasses.asdict(event.execution)
        elif isinstance(event, Results) and name in SPLITS:
            fields |= event.columns
        else:
            fields[name] = getattr(event, name)
    if "steps" in fields:
        steps, losses = fields.pop("steps"), fields.pop("losses")
        epoch = fields.pop("epoch")
        fields = {"step": steps[-1] if steps else None, "epoch": epoch, "loss": losses[-1] if losses else None, **fields}
    return {"event": type(event).__name__.lower(), **{name: _finite(value) for name, value in fields.items()}}


def reports_before(step: int, line: str) -> bool:
    """Whether a line of `metrics.jsonl` is about steps up to this one that are not reported again when a run continues from it. Changes
    are never reported again: they are in the spec by then."""
    try:
        report = json.loads(line)
        if report["event"] == "changed":
            return True
        return bool(report["step"] < step if report["event"] == "evaluated" else report["event"] == "progress" and report["step"] <= step)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False  # the server ended while it wrote the line


def changes_after(step: int, line: str) -> bool:
    """Whether a line of `metrics.jsonl` is about a change after this step."""
    try:
        report = json.loads(line)
        return bool(report["event"] == "changed" and report["step"] > step)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
