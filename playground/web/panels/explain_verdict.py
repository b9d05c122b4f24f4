"""What the network answers for the picked example, and which of its outputs is explained."""

from html import escape

import numpy as np
import streamlit as st
from torch import Tensor

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.base import Dataset
from playground.catalog.messages import counted
from playground.catalog.tasks import NextSymbol
from playground.web import session
from playground.web.markup import number, percent
from playground.web.networks import Network
from playground.web.panels import explain_methods
from playground.web.panels.explain_methods import Question
from playground.web.panels.explain_picked import Picked

_PREDICTED = -1
"""Stands for the predicted class, whichever it is."""
_SORTED = 12
"""More classes than these are offered in the order of their probabilities."""
_OFFERED = 200
"""Of very many classes, so many are offered."""


def verdict(network: Network, picked: Picked) -> Question:
    """The example, the network's answer, and the settings that all methods share."""
    data = network.run.spec.data
    outputs = network.run.probabilities(picked.x)[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="verdict"):
        place = st.container(width="stretch" if picked.steps else "content")
        step = _step(network, picked, len(outputs)) if data.task.per_step else None
        answers = outputs if step is None else outputs[step]
        truth = _truth(picked, step)
        if data.classes:
            target, name, shown = _class(network, picked, answers, truth, step)
        else:
            target, name, shown = _value(data, picked, answers, truth)
        place.html(
            f'{shown}<p class="pg-what">{escape(network.title)}, after {counted(network.run.step, "step")}</p></div></section>',
        )
        return explain_methods.question(network, target, name, step, overlays=picked.overlays)


def _class(network: Network, picked: Picked, answers: Tensor, truth: float | None, step: int | None) -> tuple[int, str, str]:
    classes, probabilities = network.run.classes, answers.tolist()
    predicted = max(range(len(classes)), key=probabilities.__getitem__)
    outcome = "" if truth is None else _outcome(predicted == truth, f"the true class is {classes[int(truth)]}")
    shown = _shown(picked, classes[predicted], percent(probabilities[predicted]), outcome, _lead(network, picked, step))
    target = _target(classes, probabilities, predicted)
    return target, "the prediction" if target == predicted else _named(classes[target]), shown


def _value(data: Dataset, picked: Picked, answers: Tensor, truth: float | None) -> tuple[int, str, str]:
    names = data.value_names
    target = _which_value(names)
    if picked.target is not None:
        truth = float(data.in_units(np.asarray(picked.target).reshape(1, -1)).ravel()[target])
    outcome = "" if truth is None else f'<p class="pg-what">the true value is {number(truth)}</p>'
    lead = f"{picked.title}, {names[target]}: predicted"
    value = float(data.in_units(answers.numpy()[None]).ravel()[target])
    return target, f"“{names[target]}”", _shown(picked, number(value), "", outcome, lead)


def _step(network: Network, picked: Picked, count: int) -> int:
    """The step whose answer is explained: the last one, unless another is picked."""
    last = min(count, len(picked.steps))
    if last < 2:
        return 0
    kept = session.choice("explain-step", None)
    shown = st.slider(
        "Step",
        1,
        last,
        min(kept, last) if kept is not None else last,
        key=f"explain-step-{last}",
        width=200,
        help="The step whose answer is explained. A network that reads in one direction knows only this step and those before it.",
    )
    session.choose("explain-step", None if shown == last else shown)
    return int(shown) - 1


def _truth(picked: Picked, step: int | None) -> float | None:
    """The true class; None if it is unknown or there are values."""
    if picked.target is None:
        return None
    target = np.asarray(picked.target)
    if step is not None:
        target = target[step] if step < len(target) else np.asarray(IGNORED)
    return float(target) if target.ndim == 0 and target != IGNORED else None


def _lead(network: Network, picked: Picked, step: int | None) -> str:
    if step is None:
        return f"{picked.title} is classified as"
    token = f" “{picked.steps[step]}”" if picked.steps[step] != str(step + 1) else ""
    task = network.run.spec.data.task
    return (
        f"{picked.title}, step {step + 1}{token}: {'the next one is predicted to be' if isinstance(task, NextSymbol) else 'classified as'}"
    )


def _shown(picked: Picked, answer: str, beside: str, outcome: str, lead: str) -> str:
    """The example and the answer; the caller adds where it comes from."""
    kind = " pg-verdict-steps" if picked.steps else ""
    return (
        f'<section class="pg-verdict{kind}" data-label="{escape(answer, quote=True)}">{picked.shown()}'
        f'<div><p class="pg-what">{escape(lead)}</p>'
        f'<p class="pg-answer">{escape(answer)} <small>{beside}</small></p>{outcome}'
    )


def _outcome(right: bool, truth: str) -> str:
    if right:
        return '<p class="pg-outcome pg-right">which is correct</p>'
    return f'<p class="pg-outcome pg-wrong">which is wrong: {escape(truth)}</p>'


def _named(name: str) -> str:
    """A class in a sentence: a 2, an 8, “Sandal”."""
    if not name.isdecimal():
        return f"“{name}”"
    return f"an {name}" if name.startswith("8") or name in ("11", "18") else f"a {name}"


def _target(classes: tuple[str, ...], probabilities: list[float], predicted: int) -> int:
    """The class whose output is explained: the predicted one, unless another is picked."""
    order = sorted(range(len(classes)), key=lambda index: -probabilities[index]) if len(classes) > _SORTED else range(len(classes))
    order = order[:_OFFERED]
    titles = {_PREDICTED: "Predicted class"} | {i: f"{classes[i]} ({percent(probabilities[i])})" for i in order}
    options = list(titles)
    kept = session.choice("explain-target", _PREDICTED)
    target = st.selectbox(
        "Why",
        options,
        options.index(kept) if kept in titles else 0,
        format_func=lambda index: titles.get(index, str(index)),
        key="explain-target",
        width=150,
        help="The class whose output is explained. Pick another one to see the evidence for it.",
    )
    session.choose("explain-target", target)
    return predicted if target == _PREDICTED or target not in titles else int(target)


def _which_value(names: tuple[str, ...]) -> int:
    """The value that is explained, if there are several."""
    if len(names) == 1:
        return 0
    kept = session.choice("explain-value", 0)
    target = st.selectbox(
        "Why",
        list(range(len(names))),
        kept if kept < len(names) else 0,
        format_func=lambda index: names[index] if index < len(names) else str(index),
        key="explain-value",
        width=200,
        help="The predicted value that is explained.",
    )
    session.choose("explain-value", target)
    return int(target) if target < len(names) else 0
