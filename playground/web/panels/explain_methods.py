"""The attribution methods side by side, each with its settings, its legend and a sentence on how to read it."""

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
    "saliency": "Blue: a little more ink here would strengthen {target}. Orange: it would weaken it.",
    "integrated_gradients": "Blue pixels are evidence for {target}, orange ones against it. They add up to the change from the baseline.",
    "grad_cam": "Blue: here the layer's maps are evidence for {target}. The resolution is that of the maps.",
    "occlusion": "Blue: this area is evidence for {target}, since covering it lowers that output. Orange: covering it raises it.",
}


@dataclass(frozen=True)
class Question:
    """What all methods explain. target: the output to explain. name: what to call it in a sentence, such as "the prediction" or "a 2".
    overlaid: whether the values are shown over the image. first: whether there is no result on the screen yet; later the previous result
    stays, dimmed by the style sheet, until the next one is computed."""

    target: int
    name: str
    baseline: str
    overlaid: bool
    first: bool


def question(target: int, name: str) -> Question:
    """What all methods explain: this output, with widgets for the settings that they share."""
    first = session.widget("explain-baseline") is None
    names = list(BASELINE_TITLES)
    baseline = st.selectbox(
        "Baseline",
        names,
        names.index(session.choice("explain-baseline", "black")),
        format_func=lambda name: BASELINE_TITLES[name],
        key="explain-baseline",
        width=200,
        help="The image that represents an empty input: integrated gradients start from it, and occlusion covers areas with it.",
    )
    overlaid = st.toggle("Overlay on the image", session.choice("explain-overlay", False), key="explain-overlay")
    session.choose("explain-baseline", baseline)
    session.choose("explain-overlay", overlaid)
    return Question(target, name, baseline, overlaid, first)


def methods(network: Network, picked: Picked, question: Question) -> None:
    """All methods for the picked image, each with its own settings."""
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
        card.html(_refused(kind, f"{reason}. Try the preset “Small convolutional network”."))
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
    """Widgets for all settings of the method except the shared baseline, and their values."""
    chosen: dict[str, Any] = {}
    for field in fields(kind):
        if field.name != "baseline":
            chosen[field.name] = _remembered(field, f"explain-{kind.name()}-{field.name}")
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
        number_type = int if field.kind == "integer" else float
        lowest, highest = (None if bound is None else number_type(bound) for bound in (field.minimum, field.maximum))
        value = st.number_input(label, lowest, highest, number_type(kept), step=number_type(field.step), key=name, help=field.hint)
    session.choose(name, value)
    return value


def _layer(network: Network, picked: Picked) -> str:
    """The layer whose maps Grad-CAM uses: the last convolution, unless another one is picked."""
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


def _explained(attribution: Attribution, picked: Picked, question: Question) -> str:
    kind = METHODS[attribution.method]
    scale = signed_scale(attribution.values)
    shown = overlay(attribution.values, scale, picked.pixels) if question.overlaid else picture(attribution.values, scale)
    signed = float(attribution.values.min()) < 0
    legend = legend_of(scale, ["against", "for"]) if signed else legend_of(scale.upper, ["", "for"])
    reading = _HOW_TO_READ.get(attribution.method, kind.help()).replace("{target}", question.name)
    description = f"{kind.title}: values from {number(float(attribution.values.min()))} to {number(float(attribution.values.max()))}"
    delta = "" if attribution.delta is None else f"{attribution.delta:.6g}"
    facts = [duration(attribution.seconds)]
    if attribution.delta is not None:
        facts = [f"adds up to {number(float(attribution.values.sum()))}, off by {number(abs(attribution.delta))}", *facts]
    return (
        f'<article class="pg-attribution" data-method="{attribution.method}" data-delta="{delta}">'
        f'<h2>{escape(kind.title)}</h2><div class="pg-place">{image(shown, description)}</div>{legend}'
        f'<p class="pg-facts">{" · ".join(facts)}</p><p class="pg-how">{escape(reading)}</p></article>'
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
