"""Optimizers, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.optimizers.adam import Adam, AdamW
from playground.catalog.optimizers.base import Optimizer
from playground.catalog.optimizers.rmsprop import RMSprop
from playground.catalog.optimizers.sgd import SGD
from playground.catalog.variant import Registry

OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", Adam, AdamW, SGD, RMSprop)

if TYPE_CHECKING:
    AnyOptimizer = Optimizer
else:
    AnyOptimizer = OPTIMIZERS.union()

__all__ = ["OPTIMIZERS", "SGD", "Adam", "AdamW", "AnyOptimizer", "Optimizer", "RMSprop"]
