"""Losses for values: squared, absolute, and in between. Each is the mean over examples and values: (N, D), (N, D) → scalar."""

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss, classes_of


class _ValueLoss(Loss):
    """For values, and for classes as 0 and 1: one output per class, or a single one for two classes."""

    tasks: ClassVar[frozenset[str]] = frozenset({"regression", "reconstruction"})
    elsewhere: ClassVar[Mapping[str, str]] = {"multiclass": "", "binary": ""}
    activation: ClassVar[Literal["softmax", "sigmoid"] | None] = None
    one_hot: ClassVar[bool] = True
    soft_targets: ClassVar[bool] = True

    def outputs(self, dataset: Dataset) -> int:
        return 1 if len(dataset.classes) == 2 else classes_of(dataset)

    def accepts(self, dataset: Dataset) -> tuple[int, ...]:
        return (1, 2) if len(dataset.classes) == 2 else (self.outputs(dataset),)


class MSE(_ValueLoss):
    """Mean of the squared errors: large errors count most; the best constant prediction is the mean."""

    title: ClassVar[str] = "Mean squared error"
    source: ClassVar[str] = "Legendre 1805, Nouvelles méthodes pour la détermination des orbites des comètes"

    kind: Literal["mse"] = "mse"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.MSELoss()

    def formula(self) -> str:
        return "L = mean((o − y)²)"

    def slope(self) -> str:
        return "2·(o − y)/K"


class MAE(_ValueLoss):
    """Mean of the absolute errors: outliers count only in proportion; the best constant prediction is the median."""

    title: ClassVar[str] = "Mean absolute error"
    source: ClassVar[str] = "Boscovich 1757; Laplace 1818, Théorie analytique des probabilités"
    elsewhere: ClassVar[Mapping[str, str]] = {
        "multiclass": "The best prediction for mean absolute error is the median, which is 0 for the one-hot targets of three or more "
        "classes: outputs of more and more classes go to 0, and the accuracy drops",
        "binary": "",
    }

    kind: Literal["mae"] = "mae"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.L1Loss()

    def formula(self) -> str:
        return "L = mean(|o − y|)"

    def slope(self) -> str:
        return "sign(o − y)/K"


class Huber(_ValueLoss):
    """Squared for errors up to `delta`, linear beyond: smooth near the target, robust to outliers.

    Of an error e: e²/2 where |e| ≤ δ, δ(|e| − δ/2) elsewhere."""

    title: ClassVar[str] = "Huber loss"
    source: ClassVar[str] = "Huber 1964, Ann. Math. Statist. 35:73"

    kind: Literal["huber"] = "huber"
    delta: float = Field(1.0, gt=0, le=1000, title="Delta", description="Error, in units of the target, above which the loss is linear")

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return nn.HuberLoss(delta=self.delta)

    def formula(self) -> str:
        return "L = mean(min(|o − y|, δ)·(|o − y| − min(|o − y|, δ)/2))"

    def slope(self) -> str:
        return "max(−δ, min(δ, o − y))/K"

    def values(self, outputs: Tensor, target: Tensor, class_counts: Sequence[int] = ()) -> dict[str, float | list[float]]:
        return {**super().values(outputs, target, class_counts), "δ": self.delta}


class LogCosh(_ValueLoss):
    """The logarithm of the hyperbolic cosine of the error: squared for small errors, linear for large ones, smooth everywhere.

    About e²/2 near 0 and |e| − log 2 far from it; it does not overflow."""

    title: ClassVar[str] = "Log-cosh loss"
    source: ClassVar[str] = "Green 1990, IEEE Trans. Med. Imaging 9:84"

    kind: Literal["log_cosh"] = "log_cosh"

    def build(self, class_counts: Sequence[int] = ()) -> nn.Module:
        return _LogCosh()

    def formula(self) -> str:
        return "L = mean(log(cosh(o − y)))"

    def slope(self) -> str:
        return "tanh(o − y)/K"


class _LogCosh(nn.Module):
    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        errors = (outputs - targets).abs()
        return (errors + F.softplus(-2 * errors) - math.log(2)).mean()
