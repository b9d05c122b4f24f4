"""The attribution methods side by side, each with its settings, its legend and a sentence on how to read it."""

from dataclasses import dataclass, replace
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.catalog.datasets.examples import DataError
from playground.explain import (
    METHODS,
    Attribution,
    Baseline,
    ExplainError,
    GradCam,
    IntegratedGradients,
    Method,
    Occlusion,
    baseline_titles,
)
from playground.explain.isolation import embeddings
from playground.web import session
from playground.web.explanations import explained, layers_of, titles_of
from playground.web.fields import Field, fields
from playground.web.forms import NUMBER
from playground.web.markup import duration, number
from playground.web.networks import Network
from playground.web.panels.explain_picked import Picked

_INACCURATE = 0.05
"""As a share of the sum of all values."""
_MOST_PRODUCTS = 200_000_000_000
"""Of a sequence: passes through the network times steps times weights, at most."""
_LEAST_WEIGHTS = 10_000
"""A small network takes as long as one with so many."""


@dataclass(frozen=True)
class Question:
    """What all methods explain. target: the output to explain. name: what to call it in a sentence, such as "the prediction" or "a 2".
    step: whose answer is meant, where there is one at every step. overlaid: whether the values are shown over the example. first: whether
    there is no result on the screen yet; later the previous result stays, dimmed by the style sheet, until the next one is computed."""

    target: int
    name: str
    step: int | None
    baseline: Baseline
    overlaid: bool
    first: bool


def question(network: Network, target: int, name: str, step: int | None, *, overlays: bool) -> Question:
    """What all methods explain: this output, with widgets for the settings that they share."""
    first = session.widget("explain-baseline") is None
    titles = baseline_titles(network.run.spec.data.encoding)
    names = list(titles)
    kept = session.choice("explain-baseline", names[0])
    baseline = st.selectbox(
        "Baseline",
        names,
        names.index(kept) if kept in names else 0,
        format_func=lambda name: titles.get(name, name),
        key="explain-baseline",
        width=200,
        help="What represents an empty input: integrated gradients start from it, and occlusion covers parts with it.",
    )
    session.choose("explain-baseline", baseline)
    overlaid = False
    if overlays:
        overlaid = st.toggle("Overlay on the image", session.choice("explain-overlay", False), key="explain-overlay")
        session.choose("explain-overlay", overlaid)
    return Question(target, name, step, baseline if baseline in names else names[0], overlaid, first)


def methods(network: Network, picked: Picked, question: Question) -> None:
    """All methods for the picked example, each with its own settings. A component below a card shows what HTML cannot."""
    with st.container(key="attributions-steps" if picked.steps else "attributions"):
        for kind in METHODS:
            with st.container(key=f"attribution-{kind.name()}", gap="small"):
                _method(network, picked, question, kind)


def _method(network: Network, picked: Picked, question: Question, kind: type[Method]) -> None:
    card, below = st.container(), st.container()
    if question.first:
        card = card.html(_waiting(kind))
    reason = kind.applies_to(network.run.model)
    if reason is not None:
        card.html(_refused(kind, f"{reason}." + ("" if picked.steps else " Try the preset “Small convolutional network”.")))
        return
    try:
        with st.expander("Settings", icon=":material/tune:"):
            settings = _settings(kind, network, picked)
            st.caption(f"{kind.help()} Source: {kind.source}")
        if "baseline" in kind.model_fields:
            settings["baseline"] = question.baseline
        _check_passes(network, kind(**settings), picked)
        attribution = explained(network, picked.x, kind(**settings), question.target, question.step)
        card.html(_explained(attribution, picked, question))
        with below:
            picked.draw(attribution.values, _described(attribution), f"explain-values-{kind.name()}")
    except (ExplainError, DataError) as error:
        card.html(_refused(kind, str(error)))
    except ValidationError as error:
        card.html(_refused(kind, "; ".join(f"{each['loc'][-1] if each['loc'] else kind.title}: {each['msg']}" for each in error.errors())))


def _settings(kind: type[Method], network: Network, picked: Picked) -> dict[str, Any]:
    """Widgets for all settings of the method except the shared baseline, and their values."""
    chosen: dict[str, Any] = {}
    usual = kind.usual(len(picked.steps) or None).model_dump()
    for field in fields(kind):
        if field.name != "baseline":
            fitting = replace(field, default=usual[field.name])
            own = "" if fitting == field else f"-{fitting.default}"  # a setting with another usual value is another setting
            chosen[field.name] = _remembered(fitting, f"explain-{kind.name()}-{field.name}{own}")
    if issubclass(kind, GradCam):
        chosen["layer"] = _layer(network, picked)
    return chosen


def _remembered(field: Field, name: str) -> Any:
    """A widget that keeps its value while another page is open."""
    label = f"{field.title} ({field.unit})" if field.unit else field.title
    kept = session.choice(name, field.default)
    if field.kind == "switch":
        value: Any = st.toggle(label, kept, key=name, help=field.hint)
    elif field.kind == "choice":
        value = st.selectbox(label, field.options, field.options.index(kept), key=name, help=field.hint)
    else:
        number_type: Any = int if field.kind == "integer" else float
        lowest, highest, chosen = (None if bound is None else number_type(bound) for bound in (field.minimum, field.maximum, kept))
        step, empty = number_type(field.step), field.none if field.optional else None
        written = "%d" if field.kind == "integer" else NUMBER
        value = st.number_input(label, lowest, highest, chosen, step=step, format=written, key=name, help=field.hint, placeholder=empty)
    session.choose(name, value)
    return value


def _layer(network: Network, picked: Picked) -> str:
    """The layer whose maps Grad-CAM uses: the last convolution, unless another one is picked."""
    choices = GradCam.pick(layers_of(network, picked.x))
    titles, usual = titles_of(network, choices), GradCam().chosen(choices)
    kept = session.choice("explain-grad_cam-layer", "")
    standard = kept if kept in titles else usual
    key = f"explain-grad_cam-layer-{network.run.directory.name}"
    layer = st.selectbox("Layer", list(titles), list(titles).index(standard), format_func=lambda name: titles.get(name, name), key=key)
    session.choose("explain-grad_cam-layer", layer)
    return layer


def _check_passes(network: Network, method: Method, picked: Picked) -> None:
    """Raises: ExplainError if a long sequence would have to go through a large network for minutes."""
    steps = len(picked.steps)
    if not steps:
        return
    passes, remedy = 1, ""
    if isinstance(method, IntegratedGradients):
        passes, remedy = method.n_steps or method.first, "fewer steps"
    elif isinstance(method, Occlusion):
        passes, remedy = -(-steps // method.stride) * (picked.x[0].numel() // steps), "a larger window and stride"
    weights = sum(parameter.numel() for parameter in network.run.model.parameters())
    weights -= sum(table.weight.numel() for table in embeddings(network.run.model))
    if passes * steps * max(weights, _LEAST_WEIGHTS) > _MOST_PRODUCTS and passes > 1:
        raise ExplainError(f"For {steps:,} steps and {weights:,} weights this would take minutes. Choose {remedy} under Settings.")


def _described(attribution: Attribution) -> str:
    return f"{METHODS[attribution.method].title}: {_range(attribution)}"


def _range(attribution: Attribution) -> str:
    low, high = (number(float(end)) for end in (attribution.values.min(), attribution.values.max()))
    return f"values from {low} to {high}"


def _explained(attribution: Attribution, picked: Picked, question: Question) -> str:
    kind = METHODS[attribution.method]
    reading = picked.readings.get(attribution.method, kind.help()).replace("{target}", question.name)
    delta = "" if attribution.delta is None else f"{attribution.delta:.6g}"
    facts = [_range(attribution), f"computed in {duration(attribution.seconds)}"]
    if attribution.delta is not None:
        total = float(attribution.values.sum())
        advice = "; more steps make it more accurate" if abs(attribution.delta) > _INACCURATE * abs(total) else ""
        facts.insert(1, f"adds up to {number(total)}, off by {number(abs(attribution.delta))}{advice}")
    return (
        f'<article class="pg-attribution" data-method="{attribution.method}" data-delta="{delta}">'
        f"<h2>{escape(kind.title)}</h2>{picked.explained(attribution.values, _described(attribution), question.overlaid)}"
        f'<div class="pg-how"><p>{escape(kind.asks)}</p><p>{escape(reading)}</p></div>'
        f'<details class="pg-facts"><summary>Numbers</summary><p>{"<br>".join(facts)}</p></details></article>'
    )


def _refused(kind: type[Method], reason: str) -> str:
    return (
        f'<article class="pg-attribution pg-refused" data-method="{kind.name()}" data-delta="">'
        f'<h2>{escape(kind.title)}</h2><div class="pg-place"><div class="pg-reason"><p>{escape(reason)}</p></div></div></article>'
    )


def _waiting(kind: type[Method]) -> str:
    """An empty box, as large as the map will be."""
    return (
        f'<article class="pg-attribution pg-waiting" aria-busy="true"><h2>{escape(kind.title)}</h2>'
        '<div class="pg-place"><div class="pg-reason"></div></div></article>'
    )
