"""The top row: train, pause, step, stop, reset, and the status of the run."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from playground.artifacts.storage import StorageError
from playground.network import Trace
from playground.runs import RunNotFound
from playground.runs.database import StoreError
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec
from playground.training import declarations
from playground.web import rooms, session
from playground.web.components.live_status import live_status
from playground.web.current import Current
from playground.web.current import current as current_run
from playground.web.forms import message
from playground.web.panels.changing import keep_speed
from playground.web.panels.download import demand, warn
from playground.web.panels.export import export
from playground.web.panels.network import apply_edits
from playground.web.panels.share import opened_file, share
from playground.web.panels.training import device_problem
from playground.web.run_limits import RunLimitError, resume_run, start_run
from playground.web.server import runs
from playground.web.storage_limit import StorageLimitError, check_storage


def controls(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """Buttons in fixed positions: unavailable ones are disabled and say why."""
    message("address")
    opened_file()
    warn(spec.data)
    buttons, numbers, more = st.columns([39, 48, 15], vertical_alignment="top", gap="medium")
    with buttons, st.container(horizontal=True, gap="xsmall", key="controls"):
        _buttons(spec, traced, current)
    with numbers:
        metrics = declarations(current.info.spec if current else spec).metrics
        state, changes = (current.shown_state, len(current.info.spec.changes)) if current else (None, 0)
        live_status(current.address if current else None, key="live_status", metrics=metrics, state=state, changes=changes)
    with more, st.container(horizontal=True, gap="xsmall", key="pg-more"):
        if not session.limits().hides("take_away"):
            export(spec, traced, current)
        if not session.limits().hides("share"):
            share(spec, current)
    if current is not None and not current.control:
        _watching()


def _buttons(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    watching = current is not None and not current.control
    active = current is not None and current.active
    paused = current is not None and current.paused
    going = active and not paused
    blocked = (None if active else reason(spec, traced)) or rooms.paused() or None
    off = watching or blocked is not None
    why = "You are watching someone else's run" if watching else blocked
    moved_on = going and current is not None and current.info.spec != spec and reason(spec, traced) is None
    title, what = "Train", "Train the network with these settings"
    if not active and blocked is None and (warnings := [problem.message for problem in traced.problems if problem.severity == "warning"]):
        title, what = "Train anyway", " · ".join(warnings)
    if paused:
        title, what = "Resume", "Continue this run"
    elif moved_on:
        what = "Stop this run and train with the current settings"
    elif going:
        what = "This run is in progress"
    st.button(
        title, key="play", type="primary", icon=":material/play_arrow:", disabled=off or (going and not moved_on), on_click=play,
        help=why or what,
    )  # fmt: skip
    st.button(
        "Pause",
        key="pause",
        icon=":material/pause:",
        disabled=watching or not going,
        on_click=command,
        args=("pause",),
        help="Pause after this step",
    )
    st.button(
        "Batch", key="step", icon=":material/skip_next:", disabled=off or going, on_click=step, args=("batch",),
        help=why or "Train on one batch, then pause",
    )  # fmt: skip
    st.button(
        "Epoch", key="step_epoch", icon=":material/fast_forward:", disabled=off or going, on_click=step, args=("epoch",),
        help=why or "Train for one epoch, then pause",
    )  # fmt: skip
    st.button(
        "Stop",
        key="stop",
        icon=":material/stop:",
        disabled=watching or not active,
        on_click=command,
        args=("stop",),
        help="Stop training and keep the trained network",
    )
    st.button(
        "Reset", key="reset", icon=":material/replay:", disabled=watching or current is None, on_click=reset,
        help="Stop training and clear the output; the settings are kept",
    )  # fmt: skip


def reason(spec: ExperimentSpec, traced: Trace) -> str | None:
    """Why these settings cannot be trained; None if they can."""
    errors = [problem.message for problem in traced.problems if problem.severity == "error"]
    return (f"Fix this first: {errors[0]}" if errors else None) or device_problem(spec.training.device, spec.training.precision)


def play() -> None:
    """Resumes a paused run; otherwise starts a new one with the current settings, stopping the one in progress."""
    apply_edits()
    shown = current_run()
    if shown is not None and shown.paused:
        command("resume")
        return
    if _held() or not demand(session.spec().data):
        return
    if shown is not None and shown.active:
        command("stop")
    _submit()


def step(size: Literal["batch", "epoch"]) -> None:
    """One step of the run on the screen; without one, starts a new run that pauses after the step."""
    apply_edits()
    if _is_active():
        command("batch" if size == "batch" else "epoch")
    elif not _held() and demand(session.spec().data):
        _submit(size)


def continue_from(run_id: str, step: int) -> None:
    """Starts a run of the visitor's own that goes on from a moment of the run on the screen, which stays as it is. Whoever may watch a run
    may do that."""
    shown = current_run()
    if shown is None or shown.run_id != run_id or _held() or not demand(shown.info.spec.data):
        return
    if why := why_not_continue(shown):
        session.set_message("address", why, "note")
        return
    _start(lambda owner: runs().branch(run_id, step, owner))


def why_not_continue(shown: Current) -> str:
    """Why the visitor cannot start a run with the settings of the one on the screen, as a sentence; "" if they can."""
    if why := rooms.paused() or session.refusal(shown.info.spec):
        return why
    return "" if session.may_read(shown.info.spec) else "You may not use the data of this run."


def _submit(step: Literal["batch", "epoch"] | None = None) -> None:
    """Starts a run with the current settings."""
    _start(lambda owner: runs().submit(session.spec(), step, owner))


def _start(submit: Callable[[str], str]) -> None:
    """Starts a run; if there are too many, or the server cannot store it, shows why instead. submit: does it for an owner, and returns the
    control address."""
    owner = session.owner()

    def start() -> str:
        check_storage(owner)
        control = submit(owner)
        session.set_run(control)
        run_id = runs().resolve(control).run_id
        keep_speed(run_id)
        return run_id

    try:
        rooms.run_started(start_run(owner, start))
    except (RunNotFound, RunError, RunLimitError, StorageError, StorageLimitError, StoreError) as error:
        session.set_message("address", str(error))


def command(name: Literal["pause", "resume", "stop", "batch", "epoch"]) -> None:
    """Sends a command to the run on the screen, if the visitor may control it."""
    run = current_run()
    if run is None or not run.control or (name != "pause" and name != "stop" and _held()):
        return
    try:
        match name:
            case "pause":
                runs().pause(run.run_id)
            case "resume":
                keep_speed(run.run_id)
                resume_run(session.owner(), run.run_id, partial(runs().resume, run.run_id))
            case "stop":
                runs().stop(run.run_id)
            case "batch" | "epoch":
                resume_run(session.owner(), run.run_id, partial(runs().step, run.run_id, name))
    except RunLimitError as error:
        session.set_message("address", str(error))


def _held() -> bool:
    """Whether the teacher of the room has paused all runs; says so."""
    if why := rooms.paused():
        session.set_message("address", why, "note")
    return bool(why)


def reset() -> None:
    """Stops the run and removes it from the screen."""
    command("stop")
    session.set_run(None)


def _is_active() -> bool:
    shown = current_run()
    return shown is not None and shown.active


def _watching() -> None:
    words, button = st.columns([5, 1.4], vertical_alignment="center")
    words.info("You are watching a run. Only the person who started it can pause or stop it.", icon=":material/visibility:")
    button.button(
        "Train my own",
        key="own",
        on_click=session.set_run,
        args=(None,),
        width="stretch",
        help="Leave this run and keep its settings, to train or change them",
    )
