"""What layers and their settings are called in the text form. A layer that is not named here is called by its kind."""

import difflib
from functools import cache
from typing import Any

from playground.catalog.layers import LAYERS, Layer

_NAMES: dict[str, tuple[str, ...]] = {
    "dense": ("dense", "linear", "fc"),
    "conv2d": ("conv", "convolution"),
    "conv1d": ("conv1d",),
    "conv_transpose2d": ("deconv", "transposed"),
    "max_pool2d": ("pool", "maxpool"),
    "avg_pool2d": ("avgpool", "meanpool"),
    "global_avg_pool2d": ("globalpool", "gap", "globalavgpool"),
    "adaptive_avg_pool2d": ("adaptivepool", "adaptiveavgpool"),
    "max_pool1d": ("pool1d",),
    "reshape": ("reshape", "unflatten"),
    "to_sequence": ("sequence",),
    "leaky_relu": ("leaky",),
    "silu": ("silu", "swish"),
    "identity": ("identity", "skip"),
    "gaussian_noise": ("noise",),
    "batch_norm": ("batchnorm", "bn", "batchnorm1d", "batchnorm2d"),
    "layer_norm": ("layernorm", "ln"),
    "group_norm": ("groupnorm", "gn"),
    "embedding": ("embedding", "embed"),
    "positions": ("positions", "pos"),
    "attention": ("attention", "attn", "selfattention", "mha"),
    "patches": ("patches", "imagepatches"),
    "class_token": ("cls", "classtoken"),
    "sequence_pool": ("seqpool", "sequencepool"),
    "transformer_block": ("transformer", "transformerblock"),
    "residual": ("residual", "res"),
    "parallel": ("parallel", "branches", "inception"),
    "features": ("features", "inputfeatures", "formulas"),
    "output": ("output", "out"),
}
"""By kind: the name that is written, and other names that are read."""

_ALWAYS_SAID = {
    "dense": 1, "conv2d": 2, "conv1d": 2, "conv_transpose2d": 2, "adaptive_avg_pool2d": 1, "reshape": 1, "leaky_relu": 1,
    "dropout": 1, "dropout2d": 1, "embedding": 1, "positions": 1, "rnn": 1, "lstm": 1, "gru": 1, "attention": 1, "patches": 2,
    "sequence_pool": 1, "transformer_block": 1, "gaussian_noise": 1, "group_norm": 1, "features": 1,
}  # fmt: skip
"""By kind: how many of its main settings are written even where they have their defaults."""


def short(variant: type[Layer]) -> str:
    """The name that is written."""
    return _NAMES.get(variant.name(), (variant.name(),))[0]


def always_said(variant: type[Layer]) -> int:
    """How many of its main settings are written even where they have their defaults."""
    return _ALWAYS_SAID.get(variant.name(), 0)


def called(name: str) -> type[Layer] | None:
    """The layer of this name, in any case and with or without `_` and `-`; None if there is none."""
    return _by_name().get(_plain(name))


def nearest(name: str) -> str | None:
    """A name that somebody may have meant."""
    near = difflib.get_close_matches(_plain(name[:40]), list(_by_name()), n=1)
    return short(_by_name()[near[0]]) if near else None


@cache
def chains_of(variant: type[Layer]) -> tuple[str, bool] | None:
    """Of a block: the setting that holds its layers, and whether that is several chains. None for a layer that holds none."""
    places = variant().branches()
    return (places[0][0].partition("[")[0], "[" in places[0][0]) if places else None


@cache
def settings(variant: type[Layer]) -> tuple[str, ...]:
    """All settings: the main ones, then those that most people leave alone."""
    main = main_settings(variant)
    return (*main, *(name for name in _own(variant) if name not in main))


@cache
def main_settings(variant: type[Layer]) -> tuple[str, ...]:
    """Those that may be said without their names, in the order of their form."""
    return tuple(name for name, field in _own(variant).items() if not (field.json_schema_extra or {}).get("advanced"))


def _own(variant: type[Layer]) -> dict[str, Any]:
    """Its fields but for its kind and the layers inside it."""
    inner = chains_of(variant)
    return {name: field for name, field in variant.model_fields.items() if name != "kind" and (inner is None or name != inner[0])}


@cache
def _by_name() -> dict[str, type[Layer]]:
    kinds = {_plain(variant.name()): variant for variant in LAYERS}
    return {**kinds, **{_plain(name): LAYERS[kind] for kind, names in _NAMES.items() for name in names}}


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
