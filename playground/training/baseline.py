"""The best that a network could do without looking at its inputs: the same prediction for every example, or at every step."""

from functools import cached_property

import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.examples import Data, Split
from playground.training.batches import Examples, tensor_of

_ITERATIONS = 60
_SAMPLE = 500
"""Training examples from whose targets the constant is computed."""


class Baseline:
    """The best constant prediction for a training set, computed when first needed. loss: of single outputs (M, K) and encoded targets."""

    def __init__(self, loss: nn.Module, train: Examples, test: Examples, data: Data) -> None:
        self._loss, self._train, self._test, self._data = loss, train, test, data

    @cached_property
    def _targets(self) -> Tensor:
        return self._train.sample(_SAMPLE).answers

    @cached_property
    def outputs(self) -> Tensor:
        """(1, K) raw outputs."""
        return best_constant(self._loss, self._targets, self._train.readout.outputs)

    @cached_property
    def train_loss(self) -> float:
        """The loss of the constant on the training set."""
        return constant_loss(self._loss, self.outputs, self._targets)

    @cached_property
    def test_loss(self) -> float:
        """The loss of the constant on the test set."""
        return constant_loss(self._loss, self.outputs, self._test.answers)

    @property
    def test_answers(self) -> int:
        """How many predictions the test set asks for."""
        return len(self._test_classes)

    @cached_property
    def majority(self) -> int:
        """The most frequent class of the training set."""
        return int(torch.bincount(_classes(self._data.train)).argmax())

    @cached_property
    def majority_share(self) -> float:
        """The share of the test set that belongs to that class: the accuracy of always predicting it."""
        return float((self._test_classes == self.majority).to(torch.float32).mean())

    @cached_property
    def _test_classes(self) -> Tensor:
        return _classes(self._data.test)


def _classes(split: Split) -> Tensor:
    """The classes of all examples, or of all steps that have one: (M,)."""
    classes = tensor_of(split.targets).to(torch.int64).flatten()
    return classes[classes != IGNORED]


@torch.enable_grad()
def best_constant(loss: nn.Module, targets: Tensor, outputs: int) -> Tensor:
    """(1, outputs): the raw outputs with the smallest mean loss if every example gets the same.

    targets: encoded, (N,) or (N, outputs). Candidates are zero, mean and median, or the log of the class frequencies, and the result of
    L-BFGS from the best of these (Liu and Nocedal 1989, Math. Program. 45:503): the losses of the catalog are convex in their outputs, or
    nearly so."""
    starts = [torch.zeros(1, outputs, device=targets.device)]
    if targets.ndim == 2:
        starts += [targets.mean(dim=0, keepdim=True), targets.median(dim=0, keepdim=True).values]
    else:
        counts = torch.bincount(targets, minlength=outputs).to(torch.float32)
        starts.append(((counts + 1e-3) / counts.sum()).log()[None])
    start = min(starts, key=lambda constant: constant_loss(loss, constant, targets))
    point = start.clone().requires_grad_()
    search = torch.optim.LBFGS([point], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def evaluate() -> Tensor:
        search.zero_grad()
        value: Tensor = loss(point.expand(len(targets), -1), targets)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(evaluate)  # type: ignore[no-untyped-call]
    return min((point.detach(), start), key=lambda constant: constant_loss(loss, constant, targets))


def constant_loss(loss: nn.Module, constant: Tensor, targets: Tensor) -> float:
    """The mean loss on encoded targets if every example gets the outputs `constant` (1, K); infinite instead of NaN."""
    with torch.no_grad():
        value = float(loss(constant.expand(len(targets), -1), targets))
    return value if value == value else float("inf")
