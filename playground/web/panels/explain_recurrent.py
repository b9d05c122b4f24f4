"""Inside a recurrent layer: its states and gates at every step, and the network's answer after each step."""

import numpy as np
import streamlit as st
from torch import Tensor

from playground.catalog.datasets.examples import Array
from playground.catalog.layers.recurrent import Recurrent
from playground.explain import ExplainError, recurrent_layers
from playground.paths import numbered
from playground.web import session
from playground.web.components.step_maps import StepMap, step_maps
from playground.web.explanations import observed, prefixes_of
from playground.web.networks import Network
from playground.web.panels.explain_picked import Picked

MAX_STEPS = 256
MAX_UNITS = 128
_CLASSES = 10
"""So many classes, or values, have a row in the map of answers."""
_GATES = {"candidate": "Candidate"}


def states(network: Network, picked: Picked) -> None:
    """Hidden state, memory and gates over time as maps, and what the network would answer if the sequence ended after each step."""
    layers = recurrent_layers(network.run.spec)
    st.subheader("Inside the recurrent layer", anchor=False)
    path = chosen_layer(network, layers)
    try:
        with st.spinner("Reading step by step…"):
            maps, notes, steps, whole = _maps(network, picked, path, layers[path])
    except ExplainError as error:
        st.info(str(error))
        return
    st.caption(
        "What the layer remembers after each step, one row per unit. Move through the steps with the slider, or point at a map and use "
        "the arrow keys: the numbers of that unit stand above the maps. " + " ".join(notes)
    )
    step_maps(
        f"{layers[path].title}: states and gates step by step",
        steps,
        maps,
        key="explain-states",
        units=layers[path].units,
        explain=whole,
    )


def chosen_layer(network: Network, layers: dict[str, Recurrent]) -> str:
    """The path of the recurrent layer to look into; a menu if there are several."""
    paths = list(layers)
    if len(paths) == 1:
        return paths[0]
    picked = st.selectbox(
        "Recurrent layer",
        paths,
        paths.index(chosen_path(layers)),
        format_func=lambda path: f"{numbered(path)} {layers[path].title}, {layers[path].units} units" if path in layers else path,
        key=f"explain-recurrent-{network.run.directory.name}",
        width=320,
    )
    session.choose("explain-recurrent", picked)
    return chosen_path(layers)


def chosen_path(layers: dict[str, Recurrent]) -> str:
    """The recurrent layer that was picked; the first one if none was."""
    kept = session.choice("explain-recurrent", None)
    return kept if kept in layers else next(iter(layers))


def _maps(network: Network, picked: Picked, path: str, layer: Recurrent) -> tuple[list[StepMap], list[str], tuple[str, ...], bool]:
    """The maps, notes on them, the names of the steps, and whether no step is left out."""
    hidden = observed(network, picked.x, path, "hidden")[0]
    count, width = hidden.shape
    shown, every, notes = list(range(count)), 1, []
    if count > MAX_STEPS:
        every = -(-count // MAX_STEPS)
        shown = list(range(count - 1, -1, -every))[::-1]
        notes.append(f"Every {every}th of {count:,} steps is shown.")
    if width > MAX_UNITS:
        notes.append(f"The first {MAX_UNITS} of {width:,} units are shown.")
    if layer.layers > 1:
        notes.append(f"Of the {layer.layers} layers on top of each other, this is the last one.")
    if layer.bidirectional:
        notes.append("Units with an arrow read from the end to the beginning.")
    units = [*map(str, range(1, layer.units + 1)), *(f"← {unit}" for unit in range(1, layer.units + 1) if layer.bidirectional)][:MAX_UNITS]
    steps = tuple(_names(picked, count)[step] for step in shown)

    def linked(name: str, title: str, values: Tensor, low: float, high: float) -> StepMap:
        return StepMap(name, title, units, values[shown, :MAX_UNITS].numpy().T, low, high, linked=True)

    maps, note = _answers(network, picked, shown, count)
    notes += [note] if note else []
    maps.append(linked("hidden", "State", hidden, -1.0, 1.0))
    if "cell" in layer.observes:
        cell = observed(network, picked.x, path, "cell")[0]
        end = max(float(cell.abs().max()), 1e-9)
        maps.append(linked("cell", "Memory", cell, -end, end))
    if layer.gates:
        gates = observed(network, picked.x, path, "gates")[0]
        for index, gate in enumerate(layer.gates):
            title = _GATES.get(gate, f"{gate.capitalize()} gate")
            maps.append(linked(gate, title, gates[:, index], -1.0 if gate == "candidate" else 0.0, 1.0))
    return maps, notes, steps, every == 1


def _names(picked: Picked, count: int) -> tuple[str, ...]:
    """Of the steps that the layer reads, which are those of the input unless a layer before it changes them."""
    return picked.steps if len(picked.steps) == count else tuple(str(step + 1) for step in range(count))


def _answers(network: Network, picked: Picked, shown: list[int], count: int) -> tuple[list[StepMap], str]:
    """The answers after each step as a map, if the layer reads the steps of the input; if there is none, why."""
    if len(picked.steps) != count:
        return [], ""
    try:
        prefixes = prefixes_of(network, picked.x)
    except ExplainError as error:
        return [], f"Answers after each step are missing: {error}."
    answers = network.run.readout.probabilities(prefixes.outputs).numpy()
    data = network.run.spec.data
    names, title = (data.classes, "Answer after each step") if data.classes else (data.value_names, "Predicted after each step")
    likeliest = np.argsort(-answers.max(axis=0), kind="stable") if data.classes else np.arange(len(names))
    rows = np.sort(likeliest[:_CLASSES])
    values = np.full((len(rows), len(shown)), np.nan, np.float32)
    near: Array = np.abs(np.array(shown)[:, None] - np.array(prefixes.steps)[None]).argmin(axis=0)
    values[:, near] = answers[:, rows].T
    end = 1.0 if data.classes else float(np.abs(values[np.isfinite(values)]).max(initial=1e-9))
    few = f"Answers are computed after {len(prefixes.steps)} of {count:,} steps." if len(prefixes.steps) < len(shown) else ""
    return [StepMap("answer", title, [names[row] for row in rows], values, 0.0 if np.nanmin(values) >= 0 else -end, end)], few
