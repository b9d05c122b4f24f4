"""Metrics of tasks with an answer at every step."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.answers import right_sequences
from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss
from playground.catalog.metrics.base import Format, Metric, Part


class WholeSequences(Metric):
    """The share of sequences in which every step is correct."""

    title: ClassVar[str] = "Whole sequences"
    source: ClassVar[str] = "Graves, Wayne and Danihelka 2014, arXiv:1410.5401 (errors per sequence)"
    format: ClassVar[Format] = "percent"
    better: ClassVar[Literal["lower", "higher"]] = "higher"
    chart: ClassVar[str] = "accuracy"

    kind: Literal["whole_sequences"] = "whole_sequences"

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        return data.task.name() == "step_classes"

    @classmethod
    def phrase(cls, data: Dataset) -> str:
        return "{} of test sequences correct"

    def measure(self, part: Part) -> Tensor:
        correct = part.readout.correct(part.outputs, part.targets)
        if correct is None or part.steps is None:
            raise TypeError("whole sequences are correct only where every step has a class")
        right = right_sequences(correct, part.steps)
        return torch.stack([right.sum(), torch.full_like(right.sum(), len(right))])

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        right, sequences = parts.sum(dim=0).tolist()
        return float(right / sequences)


class Perplexity(Metric):
    """How many symbols the network hesitates between: the inverse of the probability of the next symbol, averaged geometrically."""

    title: ClassVar[str] = "Perplexity"
    source: ClassVar[str] = "Jelinek et al. 1977, J. Acoust. Soc. Am. 62:S63"
    chart: ClassVar[str] = "perplexity"

    kind: Literal["perplexity"] = "perplexity"

    @classmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        """Where the outputs are read as probabilities."""
        return data.task.name() == "next_symbol" and loss.activation == "softmax"

    def measure(self, part: Part) -> Tensor:
        return F.cross_entropy(part.outputs, part.targets, reduction="sum")

    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        nats = math.fsum(parts.tolist()) / sum(sizes)
        return math.exp(nats) if nats < 700 else math.inf
