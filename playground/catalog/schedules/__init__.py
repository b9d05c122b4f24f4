"""Learning-rate schedules, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.schedules.base import Schedule
from playground.catalog.schedules.base_rate import rescheduled, set_learning_rate
from playground.catalog.schedules.constant import Constant
from playground.catalog.schedules.cosine import Cosine
from playground.catalog.schedules.cosine_restarts import CosineRestarts
from playground.catalog.schedules.exponential import Exponential
from playground.catalog.schedules.one_cycle import OneCycle
from playground.catalog.schedules.plateau import Plateau
from playground.catalog.schedules.step import Step
from playground.catalog.schedules.warmup import Warmup
from playground.catalog.variant import Registry

SCHEDULES: Registry[Schedule] = Registry("schedule", Constant, Cosine, OneCycle, Warmup, CosineRestarts, Exponential, Step, Plateau)

if TYPE_CHECKING:
    AnySchedule = Schedule
else:
    AnySchedule = SCHEDULES.union()

__all__ = [
    "SCHEDULES", "AnySchedule", "Constant", "Cosine", "CosineRestarts", "Exponential", "OneCycle", "Plateau", "Schedule", "Step", "Warmup",
    "rescheduled", "set_learning_rate",
]  # fmt: skip
