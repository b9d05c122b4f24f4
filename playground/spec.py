"""The ExperimentSpec: one frozen value that defines an experiment completely."""

from bisect import bisect_right
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, field_validator, model_validator
from pydantic_core import PydanticCustomError

from playground.catalog.datasets import AnyDataset
from playground.catalog.layers import AnyLayer
from playground.catalog.losses import AnyLoss
from playground.catalog.optimizers import Adam, AnyOptimizer
from playground.catalog.schedules import AnySchedule, Constant

VERSION: Literal[3] = 3
MAX_LAYERS = 200
MAX_DEPTH = 4
"""Maximum nesting depth of blocks."""
MAX_FORMULA_CHARACTERS = 4_000
"""Maximum length of all formulas of a network together: each part of one is an operation in every step, and in every trace."""
MAX_CHANGES = 500
MAX_SPEC_BYTES = 256_000
"""Maximum size of a spec or network in any form: a link, a settings file, pasted text, a preview request."""


MemoryFormat = Literal["contiguous", "channels_last"]
"""The order of an image's numbers in memory: channel by channel, or all channels of a pixel together."""


class SpecError(Exception):
    """An invalid spec. problems: one line each, with path, rule, value and suggestion."""

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(map(_one_line, problems))
        super().__init__("\n".join(self.problems))


def _one_line(text: str) -> str:
    """Names and values from users may contain line breaks, and lone surrogates that cannot be displayed."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().splitlines())


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StopConditions(_Part):
    """Conditions for ending training before the last epoch; None means never."""

    target_accuracy: float | None = Field(
        None, gt=0, le=1, title="Target accuracy", description="Stop once the test accuracy reaches this value, checked after each epoch"
    )
    patience: int | None = Field(None, ge=1, le=1000, title="Patience", description="Stop after this many epochs with no better test loss")
    seconds: float | None = Field(
        None, gt=0, le=86_400, title="Time limit", description="Stop after this much training time", json_schema_extra={"unit": "s"}
    )


class TrainingSettings(_Part):
    """How long, where and how to train."""

    epochs: int = Field(5, ge=1, le=1000, title="Epochs", description="Number of passes over all training examples")
    batch_size: int = Field(32, ge=1, le=4096, title="Batch size", description="Number of examples per training step")
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="Training seed",
        description="Same seed, same run: initial weights, order of examples, dropout and augmentation",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", title="Device", description="Where to train; “auto” uses a GPU if there is one"
    )
    threads: Literal["auto"] | Annotated[int, Field(ge=1, le=64)] = Field(
        "auto",
        title="Threads",
        description="CPU threads for this run; “auto” takes as many as are free and make its steps faster",
        json_schema_extra={"advanced": True},
    )
    memory_format: Literal["auto", "contiguous", "channels_last"] = Field(
        "auto",
        title="Memory format",
        description="Order of images in memory, for convolutions on the CPU: channel by channel (contiguous) or pixel by pixel (channels "
        "last); “auto” takes the faster one",
        json_schema_extra={"advanced": True, "labels": {"channels_last": "channels last"}},
    )
    clip_norm: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Clip gradients",
        description="Scale the gradient down to at most this norm, so that no single batch throws the weights off",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    clip_value: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Clip each value",
        description="Clip every value of the gradient to plus or minus this",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    ema: float | None = Field(
        None,
        gt=0,
        lt=1,
        title="Weight averaging",
        description="Evaluate and save an exponential moving average of the weights, with this decay per step, for example 0.99",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    precision: Literal["float32", "mixed"] = Field(
        "float32",
        title="Precision",
        description="“mixed” computes products in 16 bits: faster on CUDA GPUs only",
        json_schema_extra={"advanced": True},
    )
    stop: StopConditions = Field(StopConditions(), title="Stop early")

    @field_validator("threads", mode="wrap")
    @classmethod
    def _one_message(cls, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        """One error instead of one for each alternative."""
        try:
            return validate(value)
        except ValidationError:
            raise PydanticCustomError("threads", "Must be 'auto' or an integer from 1 to 64") from None


class Change(_Part):
    """While a run goes on, a setting gets another value, or a weight is set by hand. `playground.network.changing` says what can change.

    step: the steps taken before; the next one takes the change into account. path: of the setting, such as `optimizer.lr`, or of a single
    weight, such as `network[1].weight[3][5]`. value: the new one."""

    step: int = Field(ge=0, le=10**9, title="Step")
    path: str = Field(max_length=200, title="What")
    value: float = Field(title="Value")

    def __str__(self) -> str:
        return f"step {self.step:,}: {self.path} → {self.value:g}"


class ExperimentSpec(_Part):
    """Data, network, loss, optimizer, schedule and training. Model, run, plots, links and files are functions of it.

    changes: what changes during the run, in the order of the steps; of two changes at the same step, the later one in the list comes
    last."""

    version: Literal[3] = VERSION
    data: AnyDataset
    network: tuple[AnyLayer, ...] = Field(max_length=MAX_LAYERS)
    loss: AnyLoss
    optimizer: AnyOptimizer = Adam()
    schedule: AnySchedule = Constant()
    training: TrainingSettings = TrainingSettings()
    changes: tuple[Change, ...] = Field((), max_length=MAX_CHANGES, title="Changes during the run")

    @field_validator("changes")
    @classmethod
    def _in_order(cls, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        for before, after in pairwise(changes):
            if after.step < before.step:
                raise ValueError(f"must be in the order of their steps; step {after.step:,} comes after step {before.step:,}")
        return changes

    @model_validator(mode="after")
    def _not_too_much(self) -> "ExperimentSpec":
        count, depth = _size(self.network)
        if count > MAX_LAYERS:
            raise ValueError(f"a network has at most {MAX_LAYERS} layers, including those in blocks, got {count}")
        if depth > MAX_DEPTH:
            raise ValueError(f"blocks may be nested at most {MAX_DEPTH} deep, got {depth}")
        return self

    def with_change(self, change: Change) -> "ExperimentSpec":
        """The same with one more change, after those up to its step. Raises: SpecError if there are too many."""
        if len(self.changes) >= MAX_CHANGES:
            raise SpecError(f"changes: an experiment has at most {MAX_CHANGES} changes; train again with the settings of now")
        at = bisect_right(self.changes, change.step, key=lambda other: other.step)
        return self.model_copy(update={"changes": (*self.changes[:at], change, *self.changes[at:])})

    def until(self, step: int) -> "ExperimentSpec":
        """The same without what changes after this step."""
        return self.model_copy(update={"changes": tuple(change for change in self.changes if change.step <= step)})

    def computed_with(self, threads: int | Literal["auto"], memory_format: MemoryFormat | Literal["auto"]) -> "ExperimentSpec":
        """The same with what a run has chosen: it repeats the run's losses bit for bit on the CPU."""
        chosen = {"threads": threads, "memory_format": memory_format}
        return self.model_copy(update={"training": self.training.model_copy(update=chosen)})

    def to_json(self, indent: int | None = None) -> str:
        """JSON with all fields, which `parse_spec` can read."""
        return self.model_dump_json(indent=indent)


def _size(layers: tuple[AnyLayer, ...]) -> tuple[int, int]:
    """The number of layers, including those inside blocks, and the nesting depth of blocks."""
    count, depth = len(layers), 0
    for layer in layers:
        for _, chain in layer.branches():
            inner_count, inner_depth = _size(chain)
            count, depth = count + inner_count, max(depth, inner_depth + 1)
    return count, depth


def compact(value: BaseModel) -> dict[str, Any]:
    """The spec as plain data without fields at their defaults; `kind` and `version` are always kept."""
    kept: dict[str, Any] = {}
    for name, field in type(value).model_fields.items():
        item = getattr(value, name)
        if name in ("kind", "version") or field.is_required() or item != field.default:
            kept[name] = _compact_item(item)
    return kept


def _compact_item(item: object) -> object:
    if isinstance(item, BaseModel):
        return compact(item)
    if isinstance(item, tuple):
        return [_compact_item(each) for each in item]
    return item
