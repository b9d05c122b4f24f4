"""Losses, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.losses.base import Loss
from playground.catalog.losses.bce import BCE
from playground.catalog.losses.cosine import Cosine
from playground.catalog.losses.cross_entropy import CrossEntropy
from playground.catalog.losses.dice import Dice
from playground.catalog.losses.focal import Focal
from playground.catalog.losses.hinge import Hinge
from playground.catalog.losses.kl_divergence import KLDivergence
from playground.catalog.losses.regression import MAE, MSE, Huber, LogCosh
from playground.catalog.losses.weighted_cross_entropy import WeightedCrossEntropy
from playground.catalog.variant import Registry

# The first loss made for a task is its default: cross-entropy for classes, mean squared error for values.
LOSSES: Registry[Loss] = Registry(
    "loss", CrossEntropy, BCE, WeightedCrossEntropy, Focal, KLDivergence, Hinge, Dice, MSE, MAE, Huber, LogCosh, Cosine
)

if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = LOSSES.union()

__all__ = [
    "BCE", "LOSSES", "MAE", "MSE", "AnyLoss", "Cosine", "CrossEntropy", "Dice", "Focal", "Hinge", "Huber", "KLDivergence", "LogCosh",
    "Loss", "WeightedCrossEntropy",
]  # fmt: skip
