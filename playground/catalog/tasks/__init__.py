"""Tasks, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.tasks.base import Task
from playground.catalog.tasks.binary import Binary
from playground.catalog.tasks.forecast import Forecast
from playground.catalog.tasks.multiclass import Multiclass
from playground.catalog.tasks.reconstruction import Reconstruction
from playground.catalog.tasks.regression import Regression
from playground.catalog.tasks.steps import NextSymbol, StepClasses
from playground.catalog.variant import Registry

TASKS: Registry[Task] = Registry("task", Multiclass, Binary, Regression, Reconstruction, StepClasses, NextSymbol, Forecast)

if TYPE_CHECKING:
    AnyTask = Task
else:
    AnyTask = TASKS.union()

__all__ = [
    "TASKS", "AnyTask", "Binary", "Forecast", "Multiclass", "NextSymbol", "Reconstruction", "Regression", "StepClasses", "Task",
]  # fmt: skip
