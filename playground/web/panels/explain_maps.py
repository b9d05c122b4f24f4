"""The output of a layer for the example: maps side by side, steps × features, or numbers as bars."""

from collections.abc import Sequence
from html import escape

import streamlit as st
from torch import Tensor

from playground.explain import ExplainError, LayerInfo
from playground.explain.render import picture, signed_scale
from playground.web import session
from playground.web.components.step_maps import StepMap, step_maps
from playground.web.explanations import layers_of, maps_of, titles_of
from playground.web.markup import image, legend_of, number
from playground.web.networks import Network
from playground.web.panels.explain_picked import Picked

MAX_MAPS = 64
MAX_BARS = 256
MAX_STEPS = 400
MAX_FEATURES = 64


def maps(network: Network, picked: Picked) -> None:
    """A menu of the network's layers, and the output of the chosen one for this image."""
    try:
        layers = layers_of(network, picked.x)
        titles = titles_of(network, layers)
        kept = session.choice(f"explain-layer-{network.run.directory.name}", None)
        first = _first(network, layers)
        name = st.selectbox(
            "Layer",
            list(titles),
            list(titles).index(kept if kept in titles else first),
            format_func=lambda name: titles.get(name, name),
            key=f"explain-layer-{network.run.directory.name}" + (f"-{len(picked.steps)}" if picked.steps else ""),  # titles have sizes
            width=320,
        )
        session.choose(f"explain-layer-{network.run.directory.name}", name)
        values = maps_of(network, picked.x, name)
    except ExplainError as error:
        st.info(str(error))
        return
    is_output = name == layers[-1].name and values.numel() == len(network.run.classes)
    if values.ndim == 2 and len(values) > 1:
        _steps(values, titles[name], picked)
    else:
        st.html(sheet(values) if values.ndim == 3 else bars(values.flatten(), network.run.classes if is_output else ()))


def _first(network: Network, layers: Sequence[LayerInfo]) -> str:
    """The layer that is shown first: a convolution, otherwise one that has learned something, otherwise any."""
    learned = (layer.name for layer in layers if any(True for _ in network.run.model.get_submodule(layer.name).parameters()))
    return next((layer.name for layer in layers if layer.convolution), next(learned, layers[0].name))


def _steps(values: Tensor, title: str, picked: Picked) -> None:
    """A sequence (L, features) as a map."""
    every = -(-len(values) // MAX_STEPS)
    shown = values[::every, :MAX_FEATURES]
    names = picked.steps if len(picked.steps) == len(values) else tuple(str(step + 1) for step in range(len(values)))
    low, high = float(shown.min()), max(float(shown.max()), 1e-9)
    end = max(-low, high)
    rest = [f"every {every}th of {len(values):,} steps"] if every > 1 else []
    rest += [f"the first {MAX_FEATURES} of {values.shape[1]:,} features"] if values.shape[1] > MAX_FEATURES else []
    rows = [str(feature + 1) for feature in range(shown.shape[1])]
    step_map = StepMap("output", "Output", rows, shown.numpy().T, -end if low < 0 else 0.0, end)
    step_maps(title, names[::every], [step_map], noun="feature", key="explain-output")
    if rest:
        st.caption(f"Showing {' and '.join(rest)}.")


def sheet(values: Tensor) -> str:
    """Maps (channels, H, W) as a sheet with one scale."""
    scale = signed_scale(values.flatten(1))
    shown = values[:MAX_MAPS]
    tiles = "".join(
        f"<li>{image(picture(tile, scale), f'Map {i}, {number(float(tile.min()))} to {number(float(tile.max()))}')}<span>{i}</span></li>"
        for i, tile in enumerate(shown)
    )
    rest = f" Showing the first {MAX_MAPS} of {len(values)}." if len(values) > MAX_MAPS else ""
    signed = float(values.min()) < 0
    colors = "Blue is positive, orange negative" if signed else "Blue is positive; there are no negative values"
    return (
        f'<figure class="pg-maps"><ul>{tiles}</ul><figcaption>One map per channel, all with the same scale. {colors}.{rest}</figcaption>'
        f'<div class="pg-maps-legend">{legend_of(scale if signed else scale.upper)}</div></figure>'
    )


def bars(values: Tensor, names: tuple[str, ...]) -> str:
    """Numbers (units,) as bars around a zero line. names: of the units, if they have names."""
    shown = values[:MAX_BARS].tolist()
    high, low = max(0.0, *shown), min(0.0, *shown)
    span = (high - low) or 1.0
    columns = "".join(_bar(names[i] if names else str(i), value, high, span) for i, value in enumerate(shown))
    labels = "".join(f"<span>{escape(name)}</span>" for name in names)
    rest = f" Showing the first {MAX_BARS} of {len(values)}." if len(values) > MAX_BARS else ""
    description = f"{len(values)} numbers from {number(float(values.min()))} to {number(float(values.max()))}"
    active = sum(value > 0 for value in shown)
    return (
        f'<figure class="pg-units"><div class="pg-axis"><span>{number(high)}</span><span>{number(low)}</span></div>'
        f'<ul role="img" aria-label="{description}">{columns}</ul><div class="pg-unit-names" aria-hidden="true">{labels}</div>'
        f"<figcaption>One bar per unit, blue positive, orange negative; {active} of {len(shown)} are positive.{rest}</figcaption></figure>"
    )


def _bar(name: str, value: float, high: float, span: float) -> str:
    """A bar from the zero line up or down. high: the value at the top; span: from there to the bottom."""
    style = f"top:{100 * (high - max(value, 0)) / span:.2f}%;height:{100 * abs(value) / span:.2f}%"
    sign = "pg-plus" if value >= 0 else "pg-minus"
    return f'<li title="{escape(name, quote=True)}: {number(value)}"><i class="{sign}" style="{style}"></i></li>'
