"""Input features: formulas of the features of an input."""

from collections.abc import Sequence
from functools import reduce
from typing import ClassVar, Literal

import torch
from pydantic import Field, JsonValue, field_validator
from torch import Tensor, nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.feature_formulas import (
    FUNCTIONS,
    Feature,
    FormulaError,
    compiled,
    is_linear,
    mentions,
    parse,
    spelled,
)
from playground.catalog.layers.feature_ranges import range_of
from playground.catalog.layers.feature_writing import as_notation, as_torch
from playground.catalog.layers.features_modules import Features as FeaturesModule
from playground.catalog.layers.ranges import Range
from playground.catalog.tensors import VECTOR, Axes, TensorSpec

MAX_FORMULAS = 32
PLAYGROUND: list[JsonValue] = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]
"""The input features of TensorFlow Playground."""


class Features(Layer):
    """Computes new features from those of its input, each by a formula such as x1^2 or sin(x2), as the input features of TensorFlow
    Playground. It learns nothing; with the right features, even a single neuron can be enough.

    x1, x2, … are the features of its input: as the first layer those of the data, standardized if the data is; after another layer that
    layer's outputs. Shape: (N, features) → (N, formulas); of a sequence, each step by itself. A formula that is not a number for some
    inputs, such as log(x1), ends training when such an input comes; a warning says so before."""

    title: ClassVar[str] = "Input features"
    source: ClassVar[str] = "TensorFlow Playground, Smilkov et al. 2017, arXiv:1708.03788"
    formula: ClassVar[str] = "y = one of its formulas of x₁, x₂, …"
    group: ClassVar[Group] = "Dense"
    beginners: ClassVar[str] = (
        "Computes more from each input, such as squares or products, so that the layers after it have an easier task. "
        "With squares, even a single neuron draws a circle"
    )
    keywords: ClassVar[str] = "formula feature engineering polynomial square product sine interaction basis expansion lambda expression"
    stands_in_for: ClassVar[str] = "Fourier features, radial basis functions RBF, cross features"
    needs: ClassVar[tuple[Axes, ...]] = (VECTOR,)

    kind: Literal["features"] = "features"
    formulas: tuple[str, ...] = Field(
        ("x1", "x1^2"),
        max_length=MAX_FORMULAS,
        title="Formulas",
        description=f"Separated by commas: numbers, x1, x2, …, pi, + - * / ^, parentheses and {', '.join(FUNCTIONS)}. "
        "x1, x2, … are the features of the layer's input, standardized if the data is",
        json_schema_extra={"common": PLAYGROUND},
    )

    @field_validator("formulas")
    @classmethod
    def _spelled(cls, entered: tuple[str, ...]) -> tuple[str, ...]:
        if not entered:
            raise ValueError("needs at least one formula, such as x1^2")
        return tuple(map(spelled, entered))

    @property
    def output_names(self) -> tuple[str, ...]:
        return self.formulas

    @property
    def linear(self) -> bool:
        """Whether all formulas are weighted sums of the features, so that a linear layer after it stays linear."""
        return all(is_linear(parse(formula)) for formula in self.formulas)

    def formula_of(self, feature: int) -> str:
        return f"y = {as_notation(parse(self.formulas[feature]))}"

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return reduce(Range.joined, (range_of(parse(formula), inside) for formula in self.formulas))

    def build(self, x: TensorSpec) -> nn.Module:
        for formula in self.formulas:
            _check(formula, x.depth)
        return FeaturesModule(_Formulas(self.formulas))

    def suggestion(self, x: TensorSpec) -> "tuple[str, Layer]":
        fitting = tuple(formula for formula in self.formulas if all(name.index < x.depth for name in _names(formula)))
        title = "Remove the formulas with other names" if fitting else "Use the features as they are"
        return title, self.model_copy(update={"formulas": fitting or unchanged(x.depth)})


def unchanged(features: int) -> tuple[str, ...]:
    """Formulas that give the features as they are: x1, x2, …; the first ones, if there are more than a layer may have."""
    return tuple(f"x{number + 1}" for number in range(min(features, MAX_FORMULAS)))


def _names(formula: str) -> Sequence[Feature]:
    return tuple(mentions(parse(formula)))


def _check(formula: str, features: int) -> None:
    for name in _names(formula):
        if name.index >= features:
            known = "x1" if features == 1 else "x1 and x2" if features == 2 else f"x1 to x{features}"
            raise FormulaError.at(formula, name.at, f"unknown name 'x{name.index + 1}'", f"this input has {known}")


class _Formulas:
    """Several formulas as one function: (…, features) → (…, formulas). Its repr is the function as code."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._nodes = tuple(map(parse, texts))
        self._functions = tuple(map(compiled, self._nodes))

    def __call__(self, x: Tensor) -> Tensor:
        return torch.stack([function(x) for function in self._functions], dim=-1)

    def __repr__(self) -> str:
        return f"lambda x: torch.stack([{', '.join(map(as_torch, self._nodes))}], dim=-1)"
