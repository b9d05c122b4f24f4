"""The best that a network could do without looking at its inputs: the same prediction for every example, or at every step."""

from functools import cached_property

import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.baselines import Baselines, baselines, best_constant, constant_loss
from playground.catalog.datasets.examples import Data, Split
from playground.catalog.metrics import metrics_of
from playground.catalog.samples import train_sample_size
from playground.spec import ExperimentSpec
from playground.training.batches import Examples, tensor_of


class Baseline:
    """The best constant prediction for a training set, computed when first needed. loss: of single outputs (M, K) and encoded targets."""

    def __init__(self, loss: nn.Module, train: Examples, test: Examples, data: Data) -> None:
        self._loss, self._train, self._test, self._data = loss, train, test, data
        self._of: Baselines | None = None

    @cached_property
    def _targets(self) -> Tensor:
        return self._train.sample(train_sample_size(self._train.dataset)).answers

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

    def of(self, spec: ExperimentSpec) -> Baselines:
        """For each metric of the test set, the best prediction that needs no network. spec: of the run."""
        if self._of is None:
            metrics = [metric for metric in metrics_of(spec.data, spec.loss) if "test" in metric.splits]
            self._of = baselines(spec.data, self._data, metrics, self._loss, self._train.readout, self.outputs)
        return self._of

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
