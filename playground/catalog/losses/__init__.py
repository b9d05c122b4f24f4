"""Losses, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.losses.base import Loss
from playground.catalog.losses.bce import BCE
from playground.catalog.losses.cross_entropy import CrossEntropy
from playground.catalog.losses.regression import MAE, MSE, Huber
from playground.catalog.variant import Registry

LOSSES: Registry[Loss] = Registry("loss", CrossEntropy, BCE, MSE, MAE, Huber)

if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = LOSSES.union()

__all__ = ["BCE", "LOSSES", "MAE", "MSE", "AnyLoss", "CrossEntropy", "Huber", "Loss"]
