"""The state of a network, as the editor in the browser draws it."""

from dataclasses import asdict
from typing import Any

from playground.catalog.datasets import Dataset
from playground.catalog.layers import Features, Layer
from playground.network import Problem, Trace, training_memory
from playground.paths import chains
from playground.shorthand import write
from playground.spec import ExperimentSpec
from playground.web.fields import fields

_MOST_NAMES = 32


def network_state(spec: ExperimentSpec, traced: Trace) -> dict[str, Any]:
    """The input, the layers with shapes, counts and problems, the memory for training, and the network as text, as plain data."""
    layers, problems = _tree(spec, traced)
    memory = training_memory(spec, traced)
    return {
        "input": {"tensor": asdict(traced.input), "title": spec.data.title, "names": _names(spec.data, spec.network)},
        "layers": layers,
        "problems": problems,
        "parameters": traced.parameters,
        "flops": traced.flops,
        "memory": {**asdict(memory), "total": memory.total, "batch": spec.training.batch_size, "by": spec.optimizer.title},
        "text": write(spec.network),
    }


def _names(data: Dataset, network: tuple[Layer, ...]) -> list[str]:
    """What x1, x2, … stand for, if formulas of the data's features use them and they have names of their own."""
    if not network or not isinstance(network[0], Features):
        return []
    names = data.feature_names[:_MOST_NAMES]
    return list(names) if any(name != f"x{number}" for number, name in enumerate(names, 1)) else []


def _tree(spec: ExperimentSpec, traced: Trace) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The layers, nested, each with its row and its problems; and the problems that belong to no layer."""
    rows = {row.path: row for row in (*traced.rows, *traced.inside)}
    paths = {f"{chain}[{index}]" for chain, layers in chains(spec) for index in range(len(layers))}
    problems: dict[str, list[dict[str, Any]]] = {}
    for problem in traced.problems:
        problems.setdefault(_layer_path(problem.path, paths), []).append(_plain(problem))

    def chain(owner: str, layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
        return [
            {
                "kind": layer.kind,
                "text": write((layer,)),
                "values": {field.name: getattr(layer, field.name) for field in fields(type(layer))},
                "row": asdict(rows[path]) if path in rows else None,
                "problems": problems.get(path, []),
                "chains": [{"name": name, "layers": chain(f"{path}.{name}", inner)} for name, inner in layer.branches()],
            }
            for path, layer in ((f"{owner}[{index}]", layer) for index, layer in enumerate(layers))
        ]

    return chain("network", spec.network), problems.get("network", [])


def _layer_path(path: str, layer_paths: set[str]) -> str:
    """The path of the innermost layer that contains a path; "network" for the rest of the network, "" for paths elsewhere."""
    for prefix in (path[:end] for end in range(len(path), 0, -1)):
        if prefix in layer_paths:
            return prefix
    return "network" if path == "network" or path.startswith("network[") else ""


def _plain(problem: Problem) -> dict[str, Any]:
    fix = problem.fix.title if problem.fix else None
    return {"path": problem.path, "message": problem.message, "severity": problem.severity, "fix": fix}
