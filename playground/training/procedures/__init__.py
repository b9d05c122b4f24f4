"""Procedures: what a training step is."""

from playground.training.procedures.base import Procedure
from playground.training.procedures.supervised import Supervised

__all__ = ["Procedure", "Supervised"]
