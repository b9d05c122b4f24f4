"""The network editor: layers as cards, edited in place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from playground.catalog.layers import LAYERS
from playground.network import Problem, Trace
from playground.spec import ExperimentSpec
from playground.web.components.loader import component
from playground.web.fields import fields


def network_editor(
    spec: ExperimentSpec,
    traced: Trace,
    *,
    key: str,
    on_edit: Callable[[], None],
    undo: str | None = None,
    redo: str | None = None,
    error: Mapping[str, Any] | None = None,
    done: Sequence[str] = (),
    token: str | None = None,
    disabled: bool = False,
) -> None:
    """The layers of a spec. Root: `.pg-network`, with data-layers and data-frames.

    on_edit: called when the browser has edits; they are a list of {"nonce", "op", …} under "edit" of the component's value.
    undo, redo: what the buttons take back and do again, None where there is nothing. error: {"index", "text"}, what was wrong with the
    last edit and at which layer (None for the whole). done: nonces of the edits that were taken. token: of the spec for the address."""
    data = {
        "layers": _layers(spec, traced),
        "input": {"shape": list(traced.input_shape), "title": spec.data.title},
        "problems": [_plain(problem) for problem in traced.problems if problem.path == "network"],
        "parameters": traced.parameters,
        "flops": traced.flops,
        "catalog": catalog(),
        "undo": undo,
        "redo": redo,
        "error": None if error is None else dict(error),
        "done": list(done),
        "token": token,
        "disabled": disabled,
    }
    component("network")(key=key, data=data, on_edit_change=on_edit, height="content")


@cache
def catalog() -> list[dict[str, Any]]:
    """What layers there are, as the browser needs it for menus and fields."""
    return [
        {
            "kind": layer.name(),
            "title": layer.title,
            "help": layer.help(),
            "group": layer.group,
            "ranks": list(layer.ranks),
            "fields": [field.plain() for field in fields(layer)],
        }
        for layer in LAYERS
    ]


def _layers(spec: ExperimentSpec, traced: Trace) -> list[dict[str, Any]]:
    rows = {row.index: row for row in traced.rows}
    return [
        {
            "kind": layer.kind,
            "values": layer.model_dump(exclude={"kind"}),
            "row": asdict(rows[index]) if index in rows else None,
            "problems": [_plain(problem) for problem in traced.problems if problem.path.split(".")[0] == f"network[{index}]"],
        }
        for index, layer in enumerate(spec.network)
    ]


def _plain(problem: Problem) -> dict[str, Any]:
    fix = problem.fix.title if problem.fix else None
    return {"path": problem.path, "message": problem.message, "severity": problem.severity, "fix": fix}
