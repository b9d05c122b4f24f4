"""Optimizers, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.optimizers.adagrad import Adadelta, Adagrad
from playground.catalog.optimizers.adam import Adam, AdamW
from playground.catalog.optimizers.adam_variants import NAdam, RAdam
from playground.catalog.optimizers.base import Optimizer
from playground.catalog.optimizers.lbfgs import LBFGS
from playground.catalog.optimizers.lion import Lion
from playground.catalog.optimizers.rmsprop import RMSprop
from playground.catalog.optimizers.sgd import SGD
from playground.catalog.variant import Registry

OPTIMIZERS: Registry[Optimizer] = Registry("optimizer", Adam, AdamW, SGD, RMSprop, NAdam, RAdam, Adagrad, Adadelta, Lion, LBFGS)

if TYPE_CHECKING:
    AnyOptimizer = Optimizer
else:
    AnyOptimizer = OPTIMIZERS.union()

__all__ = [
    "LBFGS", "OPTIMIZERS", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "AnyOptimizer", "Lion", "NAdam", "Optimizer", "RAdam", "RMSprop",
]  # fmt: skip
