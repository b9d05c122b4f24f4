"""A network as the editor in the browser draws it."""

from dataclasses import asdict
from typing import Any

from playground.catalog.layers import Layer
from playground.network import Problem, Trace, training_memory
from playground.paths import chains
from playground.shorthand import write
from playground.spec import ExperimentSpec
from playground.web.fields import fields


def network_state(spec: ExperimentSpec, traced: Trace) -> dict[str, Any]:
    """What goes in, the layers with their shapes, counts and problems, what training them takes, and their text, as plain data."""
    layers, problems = _tree(spec, traced)
    memory = training_memory(spec, traced)
    return {
        "input": {"shape": list(traced.input_shape), "title": spec.data.title},
        "layers": layers,
        "problems": problems,
        "parameters": traced.parameters,
        "flops": traced.flops,
        "memory": {**asdict(memory), "total": memory.total, "batch": spec.training.batch_size, "by": spec.optimizer.title},
        "text": write(spec.network),
    }


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
