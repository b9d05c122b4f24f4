"""How fast a run trains, and changes while it does: those of the run on the screen, and those that the settings bring along."""

import math
from functools import partial

import streamlit as st
from pydantic import BaseModel

from playground.network import Trace, changeable
from playground.network.changing import after, spoken_weight, told, weights
from playground.paths import item, layers_in_order
from playground.runs import RunNotFound, RunOver
from playground.spec import ExperimentSpec, SpecError
from playground.web import rooms, session
from playground.web.current import Current
from playground.web.current import current as current_run
from playground.web.fields import fields
from playground.web.forms import NUMBER, message, setting
from playground.web.markup import quoted
from playground.web.panels.problems import problems
from playground.web.server import runs
from playground.web.when_opened import when_opened

_MESSAGE = "changing"
_FOLLOWED = "followed_changes"
_TRIES = "change_tries"
_AXES = ("Output", "Input", "Row", "Column")
_SPEED = "speed"
_FIRST_SPEED = "speed_at_first"
_SPEEDS = (1, 2, 5, 10, 50, math.inf)
"""Steps per second that can be chosen."""


def changing(current: Current | None) -> None:
    """A popover with the speed of training, and with what can change in the run on the screen; nothing for those who watch."""
    if current is not None and not current.control:
        return
    # With another title it would be drawn again, and the slider in it would lose the focus.
    with st.popover("Change while it trains", icon=":material/tune:", key="change_run"):
        when_opened("change_run", partial(_contents, current))


def planned(spec: ExperimentSpec, traced: Trace) -> None:
    """What changes while a run of these settings trains, as a run or a link has brought it; nothing if nothing does."""
    if not spec.changes:
        return
    with st.expander(f"Changes while it trains: {len(spec.changes)}", icon=":material/tune:", key="planned_changes"):
        st.markdown("\n".join(f"- Step {change['step']:,}: {quoted(str(change['text']))}" for change in told(spec)))
        st.button(
            "Remove them", key="remove_changes", on_click=_remove, disabled=not session.allows(_unchanged(spec)),
            help="Train with the same settings from the first step to the last",
        )  # fmt: skip
    problems(traced, "changes")


def follow_changes(current: Current | None) -> None:
    """Makes the settings on the page those of the run on the screen when it has changed, unless they differ in anything else."""
    if current is None or not current.control:
        return
    run, spec = current.info.spec, session.spec()
    followed = session.choice(_FOLLOWED, ("", 0))
    known = followed[1] if followed[0] == current.run_id else 0
    if len(run.changes) <= known:
        return
    session.choose(_FOLLOWED, (current.run_id, len(run.changes)))
    if spec != run and _unchanged(spec) == _unchanged(run):
        session.edit(run, "changes while it trained", shown=True)


def change_run(path: str, value: float) -> None:
    """Changes a setting, or a single weight, of the run on the screen, if the visitor may control it; otherwise, and if it cannot change,
    says why."""
    run = current_run()
    if run is None:
        return
    session.choose(_TRIES, session.choice(_TRIES, 0) + 1)
    session.clear_message(_MESSAGE)
    try:
        if not run.control:
            raise SpecError("You are watching a run. Only the person who started it can change it.")
        if why := rooms.paused():
            raise SpecError(why)
        if session.limits().locks(path):
            raise SpecError("Not changed: this setting is locked.")
        runs().change(run.run_id, path, value)
    except SpecError as error:
        titles = {each.path: each.title for each in changeable(run.info.spec)}
        text = f"{titles[path]}: {error.problems[0].removeprefix(f'{path}: ')}" if path in titles else error.problems[0]
        session.set_message(_MESSAGE, text[:1].upper() + text[1:])
    except (RunOver, RunNotFound) as error:
        session.set_message("address", str(error), "note")


def keep_speed(run_id: str) -> None:
    """Lets a run that is new, or comes back from a server that has ended, go at the speed that this visit has chosen."""
    if (speed := session.choice(_SPEED, math.inf)) < math.inf:
        runs().set_speed(run_id, speed)


def _contents(current: Current | None) -> None:
    if session.widget("speed") is None:  # with another value at first, the slider would be a new one, and lose the focus
        session.choose(_FIRST_SPEED, session.choice(_SPEED, math.inf))
    st.select_slider(
        "Speed", _SPEEDS, session.choice(_FIRST_SPEED, math.inf), format_func=_speed_text, key="speed", on_change=_choose_speed,
        help="In slow motion every step is shown. The time in between counts against no time limit.",
    )  # fmt: skip
    if current is not None and current.active:
        _settings(current)


def _speed_text(steps_per_second: float) -> str:
    return "full speed" if steps_per_second == math.inf else f"{steps_per_second:g} step{'' if steps_per_second == 1 else 's'}/s"


def _choose_speed() -> None:
    speed = float(session.widget("speed"))
    session.choose(_SPEED, speed)
    run = current_run()
    if run is not None and run.control:
        runs().set_speed(run.run_id, speed)


def _settings(current: Current) -> None:
    """A widget for each setting, which shows its present value."""
    spec = current.info.spec
    now = after(spec)
    shown = f"change.{current.run_id}.{len(spec.changes)}.{session.choice(_TRIES, 0)}"
    st.caption("Each change is marked in the chart and becomes part of the experiment: its link repeats it.")
    for each in changeable(now):
        owner, _, name = each.path.rpartition(".")
        part: BaseModel = item(now, owner)
        field = next(field for field in fields(type(part)) if field.name == name)
        label = each.title[:1].upper() + each.title[1:] + ("" if each.at_once else ", from the next epoch on")
        setting(field, getattr(part, name), each.path, label=label, key=f"{shown}.{each.path}", messages=False, change=change_run)
    _weight(spec)
    message(_MESSAGE)


def _weight(spec: ExperimentSpec) -> None:
    """Fields for a single weight: which one, and its new value."""
    shapes = weights(spec)
    if not shapes:
        return
    layers = dict(layers_in_order(spec))
    with st.expander("Set a single weight"):
        path = st.selectbox("Weights", list(shapes), format_func=lambda path: f"{spoken_weight(layers, path)}: {_by(shapes[path])}")
        cells = st.columns(len(shapes[path]) + 1, vertical_alignment="bottom")
        titles = ("Output", "Input") if len(shapes[path]) == 2 else ("Number",) if len(shapes[path]) == 1 else _AXES
        index = [
            int(cell.number_input(title, 0, size - 1, 0, key=f"weight.{path}.{axis}"))
            for axis, (cell, title, size) in enumerate(zip(cells, titles, shapes[path], strict=False))
        ]
        value = cells[-1].number_input("Value", value=0.0, step=0.1, format=NUMBER, key="weight.value")
        place = path + "".join(f"[{number}]" for number in index)
        st.button("Set this weight", key="set_weight", on_click=change_run, args=(place, value), disabled=session.limits().locks("network"))


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _remove() -> None:
    session.edit(_unchanged(session.spec()), "changes while it trains")


def _unchanged(spec: ExperimentSpec) -> ExperimentSpec:
    return spec.model_copy(update={"changes": ()})
