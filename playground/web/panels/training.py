"""Below the network: loss, optimizer, schedule, and how long and where to train."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import streamlit as st
from pydantic import BaseModel

from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.network import Trace, caveat
from playground.spec import ExperimentSpec
from playground.training.device import DeviceError, available_devices, check_precision, describe, pick_device
from playground.web import edits, session
from playground.web.current import Current
from playground.web.fields import fields
from playground.web.forms import choice, form, message, setting
from playground.web.panels.changing import changing, planned
from playground.web.panels.lock_note import lock_note
from playground.web.panels.problems import problems
from playground.web.when_opened import when_opened

_REGISTRIES: dict[edits.Part, Registry[Any]] = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_TITLES: dict[edits.Part, str] = {"loss": "Loss", "optimizer": "Optimizer", "schedule": "Schedule"}
_ADVANCED = "Advanced"
_WIDTHS = (31, 22, 22, 25)
"""Widths of the four columns; the first has room for the name of a loss."""


def training(spec: ExperimentSpec, traced: Trace, current: Current | None) -> None:
    """Loss, optimizer, learning rate and schedule with their other settings; epochs, device, early stopping and advanced settings."""
    parts = [part for part in _TITLES if not session.limits().hides(part)]
    length = not session.limits().hides("training")
    if not parts and not length:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="training-title"):
        st.subheader("Training", anchor=False, width="content")
        changing(current)
    lock_note(*_TITLES, "training")
    _objective(spec, traced, parts)
    if length:
        _length(spec, traced, parts)
    planned(spec, traced)


def _objective(spec: ExperimentSpec, traced: Trace, parts: Sequence[edits.Part]) -> None:
    """Loss, optimizer and schedule, as far as they are not hidden."""
    loss, optimizer, rate, schedule = st.columns(_WIDTHS, gap="small") if parts else (st.empty(),) * 4
    if "loss" in parts:
        with loss:
            _choice(spec, "loss")
    if "optimizer" in parts:
        with optimizer:
            _choice(spec, "optimizer")
    if "schedule" in parts:
        with schedule:
            _choice(spec, "schedule")
    if "optimizer" in parts:
        with rate:
            _setting(spec.optimizer, "lr", "optimizer")
        message("optimizer.lr")
    for part in _TITLES:
        problems(traced, part)
    if "loss" in parts and not any(problem.path == "loss" for problem in traced.problems) and (text := caveat(spec)):
        st.caption(text)
    _other_settings(spec, parts)


def _length(spec: ExperimentSpec, traced: Trace, parts: Sequence[edits.Part]) -> None:
    """How long and where to train, and the advanced settings, including those of `parts`."""
    epochs, device, stop, advanced = st.columns(_WIDTHS, gap="small", vertical_alignment="bottom")
    with epochs:
        _setting(spec.training, "epochs", "training")
    with device:
        _setting(spec.training, "device", "training")
    with stop, st.popover(_stop_title(spec), width="stretch", key=f"{session.revision()}.stop_conditions"):
        when_opened("stop_conditions", lambda: _stop_conditions(spec))
    title = _advanced_title(spec)
    # Beginners see it only if something is set. If the network is hidden, so is the switch that would show it.
    box = advanced.container(key="pg-can-wait" if title == _ADVANCED and not session.limits().hides("network") else "pg-is-set")
    with box, st.popover(title, width="stretch", key=f"{session.revision()}.advanced"):
        when_opened("advanced", lambda: _advanced(spec, parts))
    for name in ("epochs", "device"):
        message(f"training.{name}")
    problems(traced, "training.precision")
    _device_caption(spec, traced)


def _stop_conditions(spec: ExperimentSpec) -> None:
    st.caption("Training ends after the last epoch, or earlier if one of these applies:")
    form(spec.training.stop, "training.stop")


def _setting(value: BaseModel, name: str, part: str) -> None:
    """A setting in a narrow column; its messages are shown below the row, across its full width."""
    setting(next(field for field in fields(type(value)) if field.name == name), getattr(value, name), f"{part}.{name}", messages=False)


def _choice(spec: ExperimentSpec, part: edits.Part) -> None:
    choice(_REGISTRIES[part], _part(spec, part).kind, _TITLES[part], part, partial(_pick, part))


def _other_settings(spec: ExperimentSpec, parts: Sequence[edits.Part]) -> None:
    """Settings of these parts that are often changed, other than the learning rate, four in a row."""
    others = [(field, part) for part in parts for field in fields(type(_part(spec, part))) if field.name != "lr" and not field.advanced]
    for row in range(0, len(others), len(_WIDTHS)):
        columns = st.columns(_WIDTHS, gap="small", vertical_alignment="bottom")
        for column, (field, part) in zip(columns, others[row : row + len(_WIDTHS)], strict=False):
            with column:
                setting(field, getattr(_part(spec, part), field.name), f"{part}.{field.name}", messages=False)
        for field, part in others[row : row + len(_WIDTHS)]:
            message(f"{part}.{field.name}")


def _advanced(spec: ExperimentSpec, parts: Sequence[edits.Part]) -> None:
    """Advanced settings: those of the current loss, optimizer and schedule, then those of training."""
    for part in parts:
        variant = _part(spec, part)
        names = _advanced_names(variant)
        if names:
            st.caption(f"{_TITLES[part]}: {variant.title}")
            form(variant, part, only=names, columns=2)
    st.caption("Steps and precision")
    form(spec.training, "training", only=_advanced_names(spec.training), columns=2)


def _advanced_names(value: BaseModel) -> list[str]:
    return [field.name for field in fields(type(value)) if field.advanced]


def _advanced_title(spec: ExperimentSpec) -> str:
    parts: list[BaseModel] = [*(_part(spec, part) for part in _TITLES), spec.training]
    changed = sum(getattr(part, name) != type(part).model_fields[name].default for part in parts for name in _advanced_names(part))
    return f"{_ADVANCED} · {changed} changed" if changed else _ADVANCED


def _part(spec: ExperimentSpec, part: edits.Part) -> Variant:
    return {"loss": spec.loss, "optimizer": spec.optimizer, "schedule": spec.schedule}[part]


def _pick(part: edits.Part, kind: str) -> None:
    session.edit(edits.replace_part(session.spec(), part, kind), f"{_TITLES[part].lower()} {_REGISTRIES[part][kind].title}")


def _device_caption(spec: ExperimentSpec, traced: Trace) -> None:
    shown = any(problem.path == "training.precision" and problem.severity == "error" for problem in traced.problems)
    problem = device_problem(spec.training.device, "float32" if shown else spec.training.precision)
    if problem is None:
        st.caption(f"This server: {device_text(spec.training.device)}.")
    else:
        st.error(problem)


@cache
def device_text(device: str) -> str:
    """The device behind a choice, with its memory, such as "AMD EPYC, 16.0 GB of memory, no GPU"."""
    info = describe(pick_device(device))
    memory = [f"{info.memory_bytes / 1e9:.1f} GB of memory"] if info.memory_bytes else []
    return ", ".join([info.name, *memory, *(["no GPU"] if available_devices() == ("cpu",) else [])])


@cache
def device_problem(device: str, precision: str = "float32") -> str | None:
    """Why this server cannot use this device, or this precision on it; None if it can."""
    try:
        check_precision(precision, pick_device(device))
    except DeviceError as error:
        names = ", ".join(str(name) for name in available_devices())
        return f"{error} Available here: {names}." if names not in str(error) else str(error)
    return None


def _stop_title(spec: ExperimentSpec) -> str:
    stop = spec.training.stop
    set_ = [name for name in type(stop).model_fields if getattr(stop, name) is not None]
    return f"Stop early · {len(set_)} set" if set_ else "Stop early"
