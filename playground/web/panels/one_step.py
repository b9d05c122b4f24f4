"""One step, taken apart: what the next training step of a run that rests does with one example, in numbers."""

from typing import Any

import numpy as np
import streamlit as st

from playground.catalog.datasets.examples import Array, DataError
from playground.catalog.encodings import pixels
from playground.spec import ExperimentSpec, SpecError
from playground.training import CheckpointError
from playground.training.one_step import OneStepError
from playground.web import session
from playground.web.components.dialog_keys import dialog_keys
from playground.web.components.one_step import one_step as component
from playground.web.components.thumbnails import Thumbnail, thumbnails
from playground.web.current import Current
from playground.web.markup import quoted
from playground.web.networks import NetworkError
from playground.web.one_step_data import Pick, step_data
from playground.web.panels.standing_dialog import close, is_open, opener
from playground.web.taken_apart import Start, start_of, step_of

_NAME = "one_step"
_KEY, _SHEET, _NUMBER = "one_step_parts", "one_step_images", "one_step_number"
_EXAMPLE, _PICK = "one_step.example", "one_step.pick"
_IMAGES = 12
_POINTS = 600


def one_step(current: Current | None) -> None:
    """A button for the dialog, where a run rests or has ended. The dialog stays open until the visitor closes it."""
    if current is None or (current.active and not current.paused):
        if is_open(_NAME):
            close(_NAME)
        return
    about = "Follow one example through a training step of this network: forward, loss, backward, update"
    if opener(_NAME, "Take a step apart", ":material/footprint:", about, in_text=True):
        _dialog(current)


@st.dialog("One step, taken apart", width="large", icon=":material/footprint:", on_dismiss=lambda: close(_NAME))
def _dialog(current: Current) -> None:
    try:
        start = start_of(current.address, current.run_id)
        row = _example(start)
        step = step_of(start, row)
        data: dict[str, Any] = step_data(step, _pick())
    except (NetworkError, DataError, OneStepError, CheckpointError, SpecError) as error:
        st.info(quoted(str(error)), icon=":material/info:")
        return
    notes = [f"What step {step.step:,} of this run would be with a batch of this example alone.", *([start.note] if start.note else [])]
    if getattr(start.spec.data, "augmentations", ()):
        notes.append("The example is taken as it is, without augmentation.")
    if step.uses_averages:
        notes.append("A single example has no variance, so batch normalization uses its running averages here.")
    if start.spec.training.precision == "mixed":
        notes.append("Computed in 32 bits.")
    component({**data, "notes": notes, **_points(start, row)}, key=_KEY, on_picked_change=_picked)
    dialog_keys("one_step_keys")


def _example(start: Start) -> int:
    """The pickers, and the training example that is picked."""
    count = len(start.data.train)
    row = min(max(0, int(session.choice(_EXAMPLE, 0))), count - 1)
    key = session.key_of_widget(_NUMBER, row + 1)
    st.number_input(f"Training example, of {count:,}", 1, count, row + 1, key=key, on_change=_numbered, args=(key,), width=220)
    if start.spec.data.encoding.picture == "images":
        _images(start, row)
    return row


def _images(start: Start, row: int) -> None:
    """The training images around the picked one."""
    train, classes = start.data.train, start.spec.data.classes
    first = max(0, min(row // _IMAGES * _IMAGES, len(train) - _IMAGES))
    shown = []
    for index in range(first, min(first + _IMAGES, len(train))):
        name = classes[int(train.targets[index])] if classes else str(index + 1)
        shown.append(Thumbnail(index, _thumbnail(start.spec, train.inputs[index]), name, False, f"Training image {index + 1}: {name}"))
    thumbnails(shown, row, key=_SHEET, label="Training images", on_picked_change=_clicked)


def _thumbnail(spec: ExperimentSpec, raw: Array) -> Array:
    """A stored image → uint8 (H, W), or (H, W, 3) in color."""
    image = pixels(spec.data.numbers(np.asarray(raw)[None])[0])
    return np.ascontiguousarray(image.transpose(1, 2, 0)) if len(image) == 3 else np.ascontiguousarray(image[0])


def _points(start: Start, row: int) -> dict[str, Any]:
    """The training points to choose from, where examples are points of a plane."""
    data = start.spec.data
    if data.encoding.domain != "plane":
        return {}
    train = start.data.train
    shown = sorted({*range(min(_POINTS, len(train))), row})
    places = [[round(float(value), 3) for value in train.inputs[index]] for index in shown]
    targets = np.asarray(train.targets).reshape(len(train), -1)[:, 0]
    low, high = float(targets.min()), float(targets.max())
    marks = [int(targets[index]) if data.classes else round((float(targets[index]) - low) / ((high - low) or 1.0), 3) for index in shown]
    plain = {"rows": shown, "places": places, "marks": marks, "classes": list(data.classes), "bounds": data.axis_bounds, "picked": row}
    return {"points": plain}


def _pick() -> Pick:
    chosen = session.choice(_PICK, {})
    weight = chosen.get("weight")
    return Pick(str(chosen.get("path", "")), chosen.get("unit"), (str(weight[0]), int(weight[1])) if weight else None)


def _picked() -> None:
    """What was chosen in the component. Whatever a browser sends, only a valid choice has an effect: see `step_data`."""
    sent = session.component_value(_KEY, "picked")
    if not isinstance(sent, dict):
        return
    if isinstance(sent.get("example"), int):
        session.choose(_EXAMPLE, sent["example"])
        return
    unit, weight = sent.get("unit"), sent.get("weight")
    is_weight = isinstance(weight, list) and len(weight) == 2 and isinstance(weight[0], str) and isinstance(weight[1], int)
    pick = {"path": str(sent.get("path"))[:200], "unit": unit if isinstance(unit, int) else None, "weight": weight if is_weight else None}
    session.choose(_PICK, pick)


def _numbered(key: str) -> None:
    session.choose(_EXAMPLE, int(session.widget(key) or 1) - 1)


def _clicked() -> None:
    picked = session.component_value(_SHEET, "picked")
    if isinstance(picked, int) and picked >= 0:
        session.choose(_EXAMPLE, picked)
