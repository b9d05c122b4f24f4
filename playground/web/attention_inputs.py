"""What a visitor gives a network on the Attention page: a text, a test example or a drawing, and what its steps are called."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from playground.catalog.datasets.examples import Array, DataError
from playground.catalog.encodings import pixels
from playground.drawing import DrawingError
from playground.runs.without_folders import without_folders
from playground.spec import ExperimentSpec
from playground.web.components.draw import ink_of
from playground.web.networks import Network
from playground.web.reading import read_drawing, why_not_drawable

MAX_CHARACTERS: Final = 20_000
"""Of a text that is typed."""


class InputError(Exception):
    """Nothing can be made of what was given; the message says why. empty: nothing was given yet."""

    def __init__(self, message: str, empty: bool = False) -> None:
        super().__init__(message)
        self.empty = empty


@dataclass(frozen=True, eq=False)
class Given:
    """An input of a network.

    x: (1, …), as the network takes it. tokens: what each of its steps is, as it can be shown; the names of its features for a row, () for
    an image. values: the numbers of each token, in words; () for symbols and images. unknown: indices of tokens that the vocabulary does
    not have. notes: what was left out, in sentences. number: of a test example, one of `examples`. truth: its target, as the dataset stores
    it. image: uint8 (H, W) or (H, W, 3), for an image. text: a test example as it could have been typed, "" if it could not."""

    x: Tensor
    tokens: tuple[str, ...]
    values: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    number: int | None = None
    examples: int = 0
    truth: Array | None = None
    image: Array | None = None
    text: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON."""
        said: dict[str, Any] = {"tokens": list(self.tokens), "unknown": list(self.unknown), "notes": list(self.notes)}
        if self.values:
            said["values"] = list(self.values)
        if self.number is not None:
            said |= {"example": self.number, "examples": self.examples, "text": self.text}
        if self.image is not None:
            said["image"] = {"side": list(self.image.shape[:2]), "pixels": base64.b64encode(self.image.tobytes()).decode()}
        return said


def ways(spec: ExperimentSpec) -> tuple[str, ...]:
    """How inputs of this experiment's network can be given: "text", "drawing", "example"; numbers are rather picked than typed."""
    encoding = spec.data.encoding
    typed = ("text",) if encoding.how_to_type else ()
    drawn = ("drawing",) if why_not_drawable(spec) is None else ()
    return (*typed, *drawn, "example") if encoding.symbols else (*drawn, "example", *typed)


def given(network: Network, asked: Mapping[str, Any]) -> Given:
    """The input that is asked about: {"text"}, {"ink"} as the canvas sends it, or {"example"}, the number of a test example.

    Raises: InputError."""
    if isinstance(asked.get("text"), str):
        return _typed(network, asked["text"])
    if isinstance(asked.get("ink"), str):
        return _drawn(network, asked["ink"])
    number = asked.get("example")
    if type(number) is int:
        return _tested(network, number)
    raise InputError("Type something, pick a test example or draw.", empty=True)


def _typed(network: Network, text: str) -> Given:
    data = network.run.spec.data
    encoding, last = data.encoding, data.task.name() == "next_symbol"
    if "text" not in ways(network.run.spec):
        raise InputError(f"This network does not read text: it learns from {encoding.examples} ({data.title}).")
    try:
        typed = encoding.typed(text[:MAX_CHARACTERS], last)
    except ValueError as error:
        raise InputError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    notes = []
    if typed.left_out:
        notes.append(f"Left out, because this network does not know it: {' '.join(typed.left_out[:8])}. {encoding.how_to_type}.")
    if typed.unknown:
        notes.append("Dashed: not in this network's vocabulary. It reads them all as the same unknown symbol.")
    if typed.cut:
        which = "last" if last else "first"
        notes.append(f"Only the {which} {len(typed.tokens)} are used, which is as many as this network reads; {typed.cut:,} are not.")
    if not typed.tokens:
        raise InputError(notes[0] if notes else "Type something to see what attends to what.", empty=True)
    x = torch.from_numpy(typed.steps)[None]
    values = () if encoding.symbols else _values(network, typed.steps)
    return Given(x if encoding.symbols else data.scaled(x), typed.tokens, values, typed.unknown, tuple(notes))


def _values(network: Network, steps: Array) -> tuple[str, ...]:
    """What numbers each step of an example has: (l, F), or (F,) of a row, whose features are its steps."""
    names = network.run.spec.data.feature_names
    if steps.ndim == 1 or len(names) == 1:
        return tuple(f"{value:.4g}" for value in steps.reshape(-1))
    return tuple(", ".join(f"{name} {value:.4g}" for name, value in zip(names, step, strict=True)) for step in steps)


def _drawn(network: Network, ink: str) -> Given:
    spec = network.run.spec
    reason = why_not_drawable(spec)
    if reason:
        raise InputError(f"This network cannot read drawings. {reason}")
    drawing = ink_of({"ink": ink})
    if drawing is None:
        raise InputError("Draw a digit to see where the network looks.", empty=True)
    try:
        numbers = read_drawing(spec, drawing)
    except DrawingError as error:
        raise InputError(str(error), empty=True) from None
    return Given(network.run.encode(numbers), (), image=_image(numbers))


def _tested(network: Network, number: int) -> Given:
    spec = network.run.spec
    try:
        test = network.data.test
        number = min(max(number, 0), len(test) - 1)
        raw = np.array(test.inputs[number : number + 1])
        x = network.run.encode(raw)
    except DataError as error:
        raise InputError(f"The test examples cannot be shown. {without_folders(str(error))}") from None
    truth, encoding = np.asarray(test.targets[number]), spec.data.encoding
    if spec.data.tensor.has("height", "width"):
        return Given(x, (), number=number, examples=len(test), truth=truth, image=_image(spec.data.numbers(raw)))
    own = encoding.unpadded(raw[0])
    if encoding.symbols:  # like typed text, which has no padding
        x = torch.from_numpy(own)[None]
    steps = encoding.steps(own) or spec.data.feature_names
    values = () if encoding.symbols else _values(network, own)
    return Given(x, steps, values, number=number, examples=len(test), truth=truth, text=encoding.as_typed(own))


def _image(numbers: Tensor) -> Array:
    """(1, C, H, W) in [0, 1] → uint8 (H, W), or (H, W, 3) in color."""
    shown = pixels(numbers[0])
    return np.ascontiguousarray(shown.transpose(1, 2, 0)) if len(shown) == 3 else shown[0]
