"""The ExperimentSpec: one frozen value that says everything about an experiment."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playground.catalog.datasets import AnyDataset
from playground.catalog.layers import AnyLayer
from playground.catalog.losses import AnyLoss
from playground.catalog.optimizers import Adam, AnyOptimizer
from playground.catalog.schedules import AnySchedule, Constant

VERSION: Literal[1] = 1
MAX_LAYERS = 200
MAX_DEPTH = 4
"""Of blocks in blocks."""
MAX_SPEC_BYTES = 256_000
"""Of one spec or network in any form: a link, a settings file, pasted text, a request for a preview."""


class SpecError(Exception):
    """A spec that cannot be used. `problems`: one line each, with the place, the rule, the value and the remedy."""

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(map(_one_line, problems))
        super().__init__("\n".join(self.problems))


def _one_line(text: str) -> str:
    """Names and values that people wrote may hold new lines, and halves of characters that no screen can show."""
    return " ".join(text.encode("utf-8", "backslashreplace").decode().splitlines())


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StopConditions(_Part):
    """When training ends before its last epoch; None means never."""

    target_accuracy: float | None = Field(
        None, gt=0, le=1, title="Target accuracy", description="End once the test accuracy reaches this share, looked at after each epoch"
    )
    patience: int | None = Field(None, ge=1, le=1000, title="Patience", description="End after so many epochs without a better test loss")
    seconds: float | None = Field(
        None, gt=0, le=86_400, title="Time limit", description="End after this much training time", json_schema_extra={"unit": "s"}
    )


class TrainingSettings(_Part):
    """How long and where."""

    epochs: int = Field(5, ge=1, le=1000, title="Epochs", description="How often training goes through all examples")
    batch_size: int = Field(32, ge=1, le=4096, title="Batch size", description="Examples a step learns from")
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same run: first weights, order of examples, dropout and augmentation"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", title="Device", description="Where it is computed; “auto” takes a GPU where there is one"
    )
    threads: int = Field(
        1,
        ge=1,
        le=64,
        title="Threads",
        description="CPU threads of this run; small networks are fastest on one",
        json_schema_extra={"advanced": True},
    )
    clip_norm: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Clip gradients",
        description="Shorten the gradient of a step to at most this length (norm), so that no single batch throws the weights off",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    clip_value: float | None = Field(
        None,
        gt=0,
        le=1000,
        title="Clip each value",
        description="Cut every number of the gradient off at plus and minus this",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    ema: float | None = Field(
        None,
        gt=0,
        lt=1,
        title="Weight averaging",
        description="Evaluate and keep the moving average of the weights: the share of the average that is kept a step, as 0.99",
        json_schema_extra={"advanced": True, "none": "off"},
    )
    precision: Literal["float32", "mixed"] = Field(
        "float32",
        title="Precision",
        description="“mixed” computes products in 16 bits: faster on a GPU with CUDA, and nowhere else",
        json_schema_extra={"advanced": True},
    )
    stop: StopConditions = Field(StopConditions(), title="Stop early")


class ExperimentSpec(_Part):
    """Data, network, loss, optimizer, schedule and training: the model, the run, pictures, links and files are functions of it."""

    version: Literal[1] = VERSION
    data: AnyDataset
    network: tuple[AnyLayer, ...] = Field(max_length=MAX_LAYERS)
    loss: AnyLoss
    optimizer: AnyOptimizer = Adam()
    schedule: AnySchedule = Constant()
    training: TrainingSettings = TrainingSettings()

    @model_validator(mode="after")
    def _not_too_much(self) -> "ExperimentSpec":
        count, depth = _size(self.network)
        if count > MAX_LAYERS:
            raise ValueError(f"a network has at most {MAX_LAYERS} layers, those in blocks too, got {count}")
        if depth > MAX_DEPTH:
            raise ValueError(f"blocks may lie at most {MAX_DEPTH} deep in one another, got {depth}")
        return self

    def to_json(self, indent: int | None = None) -> str:
        """JSON with every field, as `parse_spec` reads it."""
        return self.model_dump_json(indent=indent)


def _size(layers: tuple[AnyLayer, ...]) -> tuple[int, int]:
    """How many layers there are with those inside blocks, and how deep blocks lie in one another."""
    count, depth = len(layers), 0
    for layer in layers:
        for _, chain in layer.branches():
            inner_count, inner_depth = _size(chain)
            count, depth = count + inner_count, max(depth, inner_depth + 1)
    return count, depth


def compact(value: BaseModel) -> dict[str, Any]:
    """The spec as plain data without what has its default; `kind` and `version` always stay."""
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
