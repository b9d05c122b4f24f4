"""A challenge for the class: what to reach, and with how few parameters."""

from typing import Any

import streamlit as st

from playground.catalog.metrics import DeclaredMetric
from playground.rooms import Room
from playground.spec import ExperimentSpec
from playground.web import rooms, session
from playground.web.markup import quoted
from playground.web.panels.room_told import told

_METRIC, _GOAL, _MOST = "room_challenge_metric", "room_challenge_goal", "room_challenge_most"
_PERCENT = 95.0


def challenge_of(room: Room) -> dict[str, Any] | None:
    """What components show of the challenge, None if there is none."""
    challenge = room.challenge
    if challenge is None:
        return None
    return {name: getattr(challenge, name) for name in ("sentence", "title", "format", "most_parameters")}


def challenge_form(room: Room) -> None:
    """The challenge, and a form for another one on the data that the class has."""
    spec = room.experiment.spec if room.experiment is not None else session.spec()
    metrics = {metric.name: metric for metric in rooms.challenge_metrics(spec)}
    if room.challenge is not None:
        st.markdown(f"Now: **{quoted(room.challenge.sentence)}**")
        st.button("End the challenge", key="room_challenge_end", icon=":material/flag:", on_click=rooms.clear_challenge)
    if not metrics:
        st.caption(f"Results on {quoted(spec.data.title)} cannot be ranked.")
        return
    whose = "the experiment that you sent" if room.experiment is not None else "the experiment on your Playground page"
    st.caption(f"On {quoted(spec.data.title)}, the data of {whose}. Runs count that students start in this room, once they have ended.")
    name = st.selectbox("What counts", list(metrics), format_func=lambda each: f"test {metrics[each].title}", key=_METRIC)
    metric = metrics[name]
    with st.form("room_challenge", border=False):
        _goal(metric)
        about = "Empty: any number of parameters"
        st.number_input("With fewer parameters than", 1, None, None, 100, key=_MOST, placeholder="no bound", help=about)
        st.form_submit_button("Set the challenge", type="primary", key="room_challenge_set", on_click=_set, args=(spec, metric))


def _goal(metric: DeclaredMetric) -> None:
    """The field for the goal, in percent where the metric is a share."""
    word = "At least" if metric.better == "higher" else "At most"
    key = f"{_GOAL}.{metric.name}"
    if metric.format == "percent":
        st.number_input(f"{word} (%)", 0.0, 100.0, _PERCENT, 1.0, format="%.6g", key=key)
    else:
        st.number_input(word, None, None, 0.1, 0.01, format="%.6g", key=key)


def _set(spec: ExperimentSpec, metric: DeclaredMetric) -> None:
    goal, most = session.widget(f"{_GOAL}.{metric.name}"), session.widget(_MOST)
    if goal is None:
        session.set_message("room", "A challenge needs a goal: enter a number.")
        return
    rooms.set_challenge(spec, metric.name, goal / 100 if metric.format == "percent" else goal, most)
    told("The challenge is shown to")
