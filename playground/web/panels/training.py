"""Below the network: what training makes small, how it steps, how long and where."""

from functools import cache, partial
from typing import Any

import streamlit as st

from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.network import Trace
from playground.spec import ExperimentSpec
from playground.training.device import DeviceError, available_devices, describe, pick_device
from playground.web import edits, session
from playground.web.fields import fields
from playground.web.forms import choice, form, setting
from playground.web.panels.problems import problems

_REGISTRIES: dict[edits.Part, Registry[Any]] = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_TITLES: dict[edits.Part, str] = {"loss": "Loss", "optimizer": "Optimizer", "schedule": "Schedule"}
_COLUMNS = 4


def training(spec: ExperimentSpec, traced: Trace) -> None:
    """Loss, optimizer with its learning rate, and schedule in one row; their finer settings; length, device and early stopping."""
    st.subheader("Training", anchor=False)
    loss, optimizer, rate, schedule = st.columns(4, gap="small")
    with loss:
        _choice(spec, "loss")
    with optimizer:
        _choice(spec, "optimizer")
    with schedule:
        _choice(spec, "schedule")
    with rate:
        form(spec.optimizer, "optimizer", only=["lr"])
    for part in _TITLES:
        problems(traced, part)
    _finer_settings(spec)
    epochs, device, stop, threads = st.columns(4, gap="small", vertical_alignment="bottom")
    with epochs:
        form(spec.training, "training", only=["epochs"])
    with device:
        form(spec.training, "training", only=["device"])
    with threads:
        form(spec.training, "training", only=["threads"])
    with stop, st.popover(_stop_title(spec), width="stretch", key=f"{session.revision()}.stop_conditions"):
        st.caption("Training ends at its last epoch, or earlier:")
        form(spec.training.stop, "training.stop")
    _device_caption(spec)


def _choice(spec: ExperimentSpec, part: edits.Part) -> None:
    choice(_REGISTRIES[part], _part(spec, part).kind, _TITLES[part], part, partial(_pick, part))


def _finer_settings(spec: ExperimentSpec) -> None:
    """Whatever loss, optimizer and schedule have besides the learning rate, four in a row."""
    finer = [(field, part) for part in _TITLES for field in fields(type(_part(spec, part))) if field.name != "lr"]
    for row in range(0, len(finer), _COLUMNS):
        columns = st.columns(_COLUMNS, gap="small", vertical_alignment="bottom")
        for column, (field, part) in zip(columns, finer[row : row + _COLUMNS], strict=False):
            with column:
                setting(field, getattr(_part(spec, part), field.name), f"{part}.{field.name}")


def _part(spec: ExperimentSpec, part: edits.Part) -> Variant:
    return {"loss": spec.loss, "optimizer": spec.optimizer, "schedule": spec.schedule}[part]


def _pick(part: edits.Part, kind: str) -> None:
    session.edit(edits.replace_part(session.spec(), part, kind), f"{_TITLES[part].lower()} {_REGISTRIES[part][kind].title}")


def _device_caption(spec: ExperimentSpec) -> None:
    problem = device_problem(spec.training.device)
    if problem is None:
        st.caption(f"Computed on {device_text(spec.training.device)}.")
    else:
        st.error(problem)


@cache
def device_text(device: str) -> str:
    """The device behind a choice, with its memory, as in "AMD EPYC, 16.0 GB"."""
    info = describe(pick_device(device))
    return f"{info.name}, {info.memory_bytes / 1e9:.1f} GB" if info.memory_bytes else info.name


@cache
def device_problem(device: str) -> str | None:
    """Why nothing can be computed on this device here; None where it can."""
    try:
        pick_device(device)
    except DeviceError as error:
        names = ", ".join(str(each) for each in available_devices())
        return f"{error} Here: {names}." if names not in str(error) else str(error)
    return None


def _stop_title(spec: ExperimentSpec) -> str:
    stop = spec.training.stop
    set_ = [name for name in type(stop).model_fields if getattr(stop, name) is not None]
    return f"Stop early: {len(set_)} set" if set_ else "Stop early"
