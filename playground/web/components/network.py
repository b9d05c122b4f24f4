"""The network editor: layers as cards, edited in place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from playground.catalog.layers import LAYERS, Layer, Parallel
from playground.catalog.layers.blocks import MAX_BRANCHES
from playground.network import Problem, Trace, training_memory
from playground.places import chains
from playground.shorthand import write
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
    edition: tuple[str, int] = ("", 0),
) -> None:
    """The layers of a spec. Root: `.pg-network`, with data-layers, data-frames, data-level and data-waiting (edits not yet answered).

    on_edit: called when the browser has edits; they are a list of {"nonce", "op", …} under "edit" of the component's value.
    undo, redo: what the buttons take back and do again, None where there is nothing. error: {"place", "text"}, what was wrong with the
    last edit and at which layer (None for the whole). done: nonces of the edits that were taken. token: of the spec for the address.
    edition: of the visit, and its number, by which the browser leaves aside what comes late."""
    layers, problems = _tree(spec, traced)
    memory = training_memory(spec, traced)
    data = {
        "layers": layers,
        "input": {"shape": list(traced.input_shape), "title": spec.data.title},
        "problems": problems,
        "parameters": traced.parameters,
        "flops": traced.flops,
        "memory": {**asdict(memory), "total": memory.total, "batch": spec.training.batch_size, "by": spec.optimizer.title},
        "text": write(spec.network),
        "catalog": catalog(),
        "undo": undo,
        "redo": redo,
        "error": None if error is None else dict(error),
        "done": list(done),
        "token": token,
        "disabled": disabled,
        "edition": list(edition),
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
            "beginners": layer.beginners,
            "group": layer.group,
            "ranks": list(layer.ranks),
            "fields": [field.plain() for field in fields(layer)],
            "inside": _inside(layer),
            "branches": MAX_BRANCHES if layer is Parallel else 0,
        }
        for layer in LAYERS
    ]


def _inside(variant: type[Layer]) -> str:
    """What the layers in a block are for; "" for a layer that holds none."""
    names = {name.partition("[")[0] for name, _ in variant().branches()}
    return " ".join(variant.model_fields[name].description or name for name in names)


def _tree(spec: ExperimentSpec, traced: Trace) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The layers with those inside them, each with its row and its problems; and the problems of no layer."""
    rows = {row.path: row for row in (*traced.rows, *traced.inside)}
    places = {f"{chain}[{index}]" for chain, layers in chains(spec) for index in range(len(layers))}
    problems: dict[str, list[dict[str, Any]]] = {}
    for problem in traced.problems:
        problems.setdefault(_at_layer(problem.path, places), []).append(_plain(problem))

    def chain(place: str, layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
        return [
            {
                "kind": layer.kind,
                "text": write((layer,)),
                "values": {field.name: getattr(layer, field.name) for field in fields(type(layer))},
                "row": asdict(rows[path]) if path in rows else None,
                "problems": problems.get(path, []),
                "chains": [{"name": name, "layers": chain(f"{path}.{name}", inner)} for name, inner in layer.branches()],
            }
            for path, layer in ((f"{place}[{index}]", layer) for index, layer in enumerate(layers))
        ]

    return chain("network", spec.network), problems.get("network", [])


def _at_layer(path: str, places: set[str]) -> str:
    """The innermost layer in which a place is; "network" for another one in the network, "" for what lies elsewhere."""
    for place in (path[:end] for end in range(len(path), 0, -1)):
        if place in places:
            return place
    return "network" if path == "network" or path.startswith("network[") else ""


def _plain(problem: Problem) -> dict[str, Any]:
    fix = problem.fix.title if problem.fix else None
    return {"path": problem.path, "message": problem.message, "severity": problem.severity, "fix": fix}
