"""The metrics of a split, while its examples go through a network part by part."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from playground.catalog.answers import answers
from playground.catalog.metrics.base import Metric, Part
from playground.catalog.readouts import Readout


class Tally:
    """Collects on the device; `results` waits for it once per metric. loss: of single outputs and encoded targets, their mean. per_step:
    whether there is an answer at every step of an example."""

    def __init__(self, metrics: Sequence[Metric], loss: nn.Module, readout: Readout, per_step: bool = False) -> None:
        self._metrics, self._loss, self._readout, self._per_step = metrics, loss, readout, per_step
        self._parts: list[list[Tensor]] = [[] for _ in metrics]
        self._sizes: list[int] = []

    def add(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Raw outputs (N, K) or (N, L, K) and their targets, as in `Examples` → the outputs of all answers (M, K)."""
        steps = None
        if self._per_step:
            steps = targets
            outputs, classes = answers(outputs, targets)
            targets = self._readout.encode(classes)
        part = Part(outputs, targets, self._loss(outputs, targets), self._readout, steps)
        self._sizes.append(len(outputs))
        for metric, parts in zip(self._metrics, self._parts, strict=True):
            parts.append(metric.measure(part))
        return outputs

    def results(self) -> dict[str, float]:
        """The metrics by name."""
        return {
            metric.name(): metric.result(torch.stack(parts).to("cpu").to(torch.float64), self._sizes)
            for metric, parts in zip(self._metrics, self._parts, strict=True)
        }
