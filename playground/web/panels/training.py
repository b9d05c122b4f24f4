"""Below the network: what training makes small, how it steps, how long and where."""

from functools import cache, partial

import streamlit as st

from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry
from playground.network import Trace
from playground.spec import ExperimentSpec
from playground.training.device import DeviceError, available_devices, describe, pick_device
from playground.web import edits, session
from playground.web.fields import fields
from playground.web.forms import choice, form, setting
from playground.web.panels.problems import problems

_REGISTRIES: dict[edits.Part, Registry] = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}  # type: ignore[type-arg]
_TITLES: dict[edits.Part, str] = {"loss": "Loss", "optimizer": "Optimizer", "schedule": "Schedule"}


def training(spec: ExperimentSpec, traced: Trace) -> None:
    """Loss, optimizer and schedule side by side, each with its settings; then length, device and early stopping."""
    st.subheader("Training", anchor=False)
    for column, part in zip(st.columns(len(_TITLES), gap="small"), _TITLES, strict=True):
        with column:
            value = getattr(spec, part)
            choice(_REGISTRIES[part], value.kind, _TITLES[part], part, partial(_pick, part))
            form(value, part) if fields(type(value)) else None
            problems(traced, part)
    epochs, device, stop = st.columns(3, gap="small", vertical_alignment="bottom")
    with epochs:
        form(spec.training, "training", only=["epochs"])
    with device:
        _device(spec)
    with stop, st.popover(_stop_title(spec), width="stretch", key=f"{session.revision()}.stop_conditions"):
        st.caption("Training ends at its last epoch, or earlier:")
        form(spec.training.stop, "training.stop")
    _device_caption(spec)


def _pick(part: edits.Part, kind: str) -> None:
    session.edit(edits.replace_part(session.spec(), part, kind), f"{_TITLES[part].lower()} {_REGISTRIES[part][kind].title}")


def _device(spec: ExperimentSpec) -> None:
    field = next(field for field in fields(type(spec.training)) if field.name == "device")
    setting(field, spec.training.device, "training.device")


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
