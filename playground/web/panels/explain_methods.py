"""The attribution methods side by side, each with its settings, its legend and a sentence how to read it."""

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.catalog.datasets.examples import DataError
from playground.explain import BASELINE_TITLES, METHODS, Attribution, ExplainError, GradCam, Method
from playground.explain.render import overlay, picture, signed_scale
from playground.web import session
from playground.web.explanations import explained, layers_of, titles_of
from playground.web.fields import Field, fields
from playground.web.markup import duration, image, legend_of, number
from playground.web.networks import Network
from playground.web.panels.explain_input import Picked

_HOW_TO_READ = {
    "saliency": "Blue: a little more ink here would speak for {target}. Orange: against it.",
    "integrated_gradients": "Blue pixels speak for {target}, orange ones against it. Together they make up the step from the baseline.",
    "grad_cam": "Blue: here the layer's maps speak for {target}. As coarse as those maps are.",
    "occlusion": "Blue: this place speaks for {target}, as covering it weakens that output. Orange: covering it strengthens it.",
}


@dataclass(frozen=True)
class Question:
    """What all methods are asked. target: the output to explain. name: what to call it in a sentence, as in
    "the answer", "a 2". laid_over: whether the values are shown over the picture. first: whether no answer is on the screen yet; later
    the one before stays there, dimmed by the style sheet, until the next is computed."""

    target: int
    name: str
    baseline: str
    laid_over: bool
    first: bool


def question(target: int, name: str) -> Question:
    """What all methods are asked about this output, with its name: widgets for what they share."""
    first = session.widget("explain-baseline") is None
    names = list(BASELINE_TITLES)
    baseline = st.selectbox(
        "Baseline",
        names,
        names.index(session.choice("explain-baseline", "black")),
        format_func=lambda name: BASELINE_TITLES[name],
        key="explain-baseline",
        width=200,
        help="What stands for “nothing there”: integrated gradients begin at it, occlusion covers with it.",
    )
    laid_over = st.toggle("Lay over the picture", session.choice("explain-overlay", False), key="explain-overlay")
    session.choose("explain-baseline", baseline)
    session.choose("explain-overlay", laid_over)
    return Question(target, name, baseline, laid_over, first)


def methods(network: Network, picked: Picked, question: Question) -> None:
    """All methods on what is picked, each with its own settings."""
    with st.container(key="attributions"):
        for kind in METHODS:
            with st.container(key=f"attribution-{kind.name()}", gap="small"):
                _method(network, picked, question, kind)


def _method(network: Network, picked: Picked, question: Question, kind: type[Method]) -> None:
    card = st.container()
    if question.first:
        card = card.html(_waiting(kind))
    reason = kind.applies_to(network.run.model)
    if reason is not None:
        card.html(_refused(kind, f"{reason}. The preset “Small convolutional network” has some."))
        return
    try:
        with st.expander("Settings", icon=":material/tune:"):
            settings = _settings(kind, network, picked)
            st.caption(f"{kind.help()} Source: {kind.source}")
        if "baseline" in kind.model_fields:
            settings["baseline"] = question.baseline
        card.html(_explained(explained(network, picked.x, kind(**settings), question.target), picked, question))
    except (ExplainError, DataError) as error:
        card.html(_refused(kind, str(error)))
    except ValidationError as error:
        card.html(_refused(kind, "; ".join(f"{each['loc'][-1] if each['loc'] else kind.title}: {each['msg']}" for each in error.errors())))


def _settings(kind: type[Method], network: Network, picked: Picked) -> dict[str, Any]:
    """Widgets for all settings of the method but the shared baseline, and what they say."""
    chosen: dict[str, Any] = {}
    for field in fields(kind):
        if field.name != "baseline":
            chosen[field.name] = _remembered(field, f"explain-{kind.name()}-{field.name}")
    if issubclass(kind, GradCam):
        chosen["layer"] = _layer(network, picked)
    return chosen


def _remembered(field: Field, name: str) -> Any:
    """A widget that keeps its value while other pages are looked at."""
    label = f"{field.title} ({field.unit})" if field.unit else field.title
    kept = session.choice(name, field.default)
    if field.kind == "switch":
        value: Any = st.toggle(label, kept, key=name, help=field.hint)
    elif field.kind == "choice":
        value = st.selectbox(label, field.options, field.options.index(kept), key=name, help=field.hint)
    else:
        number_type = int if field.kind == "integer" else float
        lowest, highest = (None if each is None else number_type(each) for each in (field.minimum, field.maximum))
        value = st.number_input(label, lowest, highest, number_type(kept), step=number_type(field.step), key=name, help=field.hint)
    session.choose(name, value)
    return value


def _layer(network: Network, picked: Picked) -> str:
    """The layer whose maps Grad-CAM looks at: the last convolution, where none is picked."""
    choices = GradCam.pick(layers_of(network, picked.x))
    titles = titles_of(network, choices)
    if not titles:
        raise ExplainError("Grad-CAM needs a layer with maps larger than one pixel, and this network has none.")
    kept = session.choice("explain-grad_cam-layer", "")
    standard = kept if kept in titles else GradCam().chosen(choices)
    key = f"explain-grad_cam-layer-{network.run.directory.name}"
    layer = st.selectbox("Layer", list(titles), list(titles).index(standard), format_func=lambda name: titles.get(name, name), key=key)
    session.choose("explain-grad_cam-layer", layer)
    return layer


def _explained(found: Attribution, picked: Picked, question: Question) -> str:
    kind = METHODS[found.method]
    scale = signed_scale(found.values)
    shown = overlay(found.values, scale, picked.pixels) if question.laid_over else picture(found.values, scale)
    signed = float(found.values.min()) < 0
    legend = legend_of(scale, ["against", "for"]) if signed else legend_of(scale.upper, ["", "for"])
    reading = _HOW_TO_READ.get(found.method, kind.help()).replace("{target}", question.name)
    description = f"{kind.title}: values from {number(float(found.values.min()))} to {number(float(found.values.max()))}"
    facts = [duration(found.seconds)]
    if found.delta is not None:
        facts = [f"adds up to {number(float(found.values.sum()))}, off by {number(abs(found.delta))}", *facts]
    return (
        f'<article class="pg-attribution" data-method="{found.method}" data-delta="{"" if found.delta is None else f"{found.delta:.6g}"}">'
        f'<h2>{escape(kind.title)}</h2><div class="pg-place">{image(shown, description)}</div>{legend}'
        f'<p class="pg-facts">{" · ".join(facts)}</p><p class="pg-how">{escape(reading)}</p></article>'
    )


def _refused(kind: type[Method], reason: str) -> str:
    return (
        f'<article class="pg-attribution pg-refused" data-method="{kind.name()}" data-delta="">'
        f'<h2>{escape(kind.title)}</h2><div class="pg-place"><div class="pg-reason"><p>{escape(reason)}</p></div></div></article>'
    )


def _waiting(kind: type[Method]) -> str:
    """Its place, as large as its picture will be."""
    return (
        f'<article class="pg-attribution pg-waiting" aria-busy="true"><h2>{escape(kind.title)}</h2>'
        '<div class="pg-place"><div class="pg-reason"></div></div></article>'
    )
