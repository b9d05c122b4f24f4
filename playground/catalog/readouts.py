"""How the raw outputs of a network are read, as probabilities, scores or values. This depends on task, loss and number of outputs."""

from abc import abstractmethod
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.losses.base import Loss
from playground.catalog.tasks.base import Task
from playground.catalog.variant import Registry, Variant

_TINY = 1e-12
"""Added to every estimate, so that estimates that are all 0 become equal probabilities."""


class Readout(Variant):
    """How the raw outputs (N, K) of a network are compared with targets and shown to people.

    With outputs at every step, N stands for N and L, the number of steps; values have none."""

    one_hot: ClassVar[bool] = False
    """Whether class targets are encoded as one number per output, rather than as the index of the class."""
    caveat: ClassVar[str] = ""
    """Why the result of `probabilities` is not really probabilities, in one sentence; "" if it is, and for values."""

    outputs: int = Field(1, ge=1)

    @abstractmethod
    def encode(self, targets: Tensor) -> Tensor:
        """Targets of the dataset, (N,) or (N, D), encoded for the loss: int64 (N,) class indices, or float32 (N, K)."""

    @abstractmethod
    def probabilities(self, outputs: Tensor) -> Tensor:
        """(N, K) raw outputs → (N, classes) shares that sum to 1; for values (N, K) predictions, in the units of the target."""

    @abstractmethod
    def predicted(self, outputs: Tensor) -> Tensor:
        """(N, K) raw outputs → (N,) int64 predicted classes; for values (N, K) predictions, as `probabilities` gives them."""

    @abstractmethod
    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor | None:
        """(N, K) outputs and encoded targets → (N,) bool; None for values, which cannot be correct or incorrect."""


class _ClassIndex(Readout):
    """One number per class, with class indices as targets; the softmax is shown, and the largest is the prediction."""

    def encode(self, targets: Tensor) -> Tensor:
        return targets.to(torch.int64)

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.softmax(outputs, dim=-1)

    def predicted(self, outputs: Tensor) -> Tensor:
        return outputs.argmax(dim=-1)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return outputs.argmax(dim=-1) == targets


class _OneHot(Readout):
    """One number per class, with one-hot targets; the largest is the prediction."""

    one_hot: ClassVar[bool] = True

    def encode(self, targets: Tensor) -> Tensor:
        return F.one_hot(targets.to(torch.int64), self.outputs).to(torch.float32)

    def predicted(self, outputs: Tensor) -> Tensor:
        return outputs.argmax(dim=-1)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return outputs.argmax(dim=-1) == targets.argmax(dim=-1)


class _OneNumber(Readout):
    """A single output for two classes, positive for the second; targets are 0 or 1."""

    one_hot: ClassVar[bool] = True
    threshold: ClassVar[float] = 0.0
    """Above it the second class is predicted."""

    def encode(self, targets: Tensor) -> Tensor:
        return targets.to(torch.float32).unsqueeze(-1)

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.cat([1 - torch.sigmoid(outputs), torch.sigmoid(outputs)], dim=-1)

    def predicted(self, outputs: Tensor) -> Tensor:
        return (outputs > self.threshold).to(torch.int64).squeeze(-1)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return ((outputs > self.threshold) == (targets > 0.5)).squeeze(-1)


class _Values(Readout):
    """Each output is a predicted value."""

    def encode(self, targets: Tensor) -> Tensor:
        return targets.to(torch.float32).reshape(len(targets), self.outputs)

    def predicted(self, outputs: Tensor) -> Tensor:
        return self.probabilities(outputs)

    def correct(self, outputs: Tensor, targets: Tensor) -> None:
        return None


class ClassProbabilities(_ClassIndex):
    """One logit per class: the softmax gives the probabilities, and the largest is the prediction."""

    title: ClassVar[str] = "Class probabilities"
    source: ClassVar[str] = "Bridle 1990, Neurocomputing NATO ASI F 68:227 (softmax)"

    kind: Literal["class_probabilities"] = "class_probabilities"


class BinaryProbability(_OneNumber):
    """One logit: its sigmoid is the probability of the second class."""

    title: ClassVar[str] = "Probability of the second class"
    source: ClassVar[str] = "Cox 1958, J. R. Stat. Soc. B 20:215 (logistic regression)"

    kind: Literal["binary_probability"] = "binary_probability"


class ConstantProbability(_OneNumber):
    """The softmax of a single output, which is always 1."""

    title: ClassVar[str] = "Softmax over one output"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html"
    caveat: ClassVar[str] = "The second class is predicted whatever the input, because the softmax of a single output is always 1."

    kind: Literal["constant_probability"] = "constant_probability"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.cat([1 - torch.softmax(outputs, dim=-1), torch.softmax(outputs, dim=-1)], dim=-1)

    def predicted(self, outputs: Tensor) -> Tensor:
        return (torch.softmax(outputs, dim=-1) > 0.5).to(torch.int64).squeeze(-1)

    def correct(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return ((torch.softmax(outputs, dim=-1) > 0.5) == (targets > 0.5)).squeeze(-1)


class IndependentProbabilities(_OneHot):
    """One logit per class, each with its own sigmoid; the largest is the prediction."""

    title: ClassVar[str] = "Independent probabilities"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html"
    caveat: ClassVar[str] = "The sigmoids of the classes do not sum to 1; each is shown divided by their sum."

    kind: Literal["independent_probabilities"] = "independent_probabilities"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return F.normalize(torch.sigmoid(outputs) + _TINY, p=1.0, dim=-1)


class ClassEstimates(_OneHot):
    """One number per class, fitted to 1 for the true class and to 0 for the others; the largest is the prediction."""

    title: ClassVar[str] = "Fitted to one-hot classes"
    source: ClassVar[str] = "Bishop 2006, Pattern Recognition and Machine Learning, section 4.1.3 (least squares for classification)"
    caveat: ClassVar[str] = (
        "The outputs are fitted to 1 and 0 and are not probabilities; each is shown divided by their sum, negative ones as 0."
    )

    kind: Literal["class_estimates"] = "class_estimates"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return F.normalize(outputs.clamp_min(0) + _TINY, p=1.0, dim=-1)


class BinaryEstimate(_OneNumber):
    """One number, fitted to 1 for the second class and to 0 for the first; above 0.5 the second class is predicted."""

    title: ClassVar[str] = "Fitted to 0 and 1"
    source: ClassVar[str] = "Bishop 2006, Pattern Recognition and Machine Learning, section 4.1.3 (least squares for classification)"
    threshold: ClassVar[float] = 0.5
    caveat: ClassVar[str] = "The output is fitted to 0 and 1 and is not a probability; it is shown limited to this range."

    kind: Literal["binary_estimate"] = "binary_estimate"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.cat([1 - outputs.clamp(0, 1), outputs.clamp(0, 1)], dim=-1)


class ClassScores(_ClassIndex):
    """One score per class; the largest is the prediction."""

    title: ClassVar[str] = "Scores"
    source: ClassVar[str] = "Weston and Watkins 1999, ESANN"
    caveat: ClassVar[str] = "The outputs are scores, not probabilities, and only their order matters; their softmax is shown."

    kind: Literal["class_scores"] = "class_scores"


class BinaryScore(_OneNumber):
    """One score: positive for the second class, negative for the first."""

    title: ClassVar[str] = "Score of the second class"
    source: ClassVar[str] = "Cortes and Vapnik 1995, Machine Learning 20:273"
    caveat: ClassVar[str] = "The output is a score, not a probability, and only its sign matters; its sigmoid is shown."

    kind: Literal["binary_score"] = "binary_score"


class Values(_Values):
    """Each output is a predicted value."""

    title: ClassVar[str] = "Values"
    source: ClassVar[str] = "Legendre 1805, Nouvelles méthodes (least squares)"

    kind: Literal["values"] = "values"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return outputs


class SigmoidValues(_Values):
    """The sigmoid of each output is a predicted value between 0 and 1."""

    title: ClassVar[str] = "Values between 0 and 1"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html"

    kind: Literal["sigmoid_values"] = "sigmoid_values"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.sigmoid(outputs)


class SoftmaxValues(_Values):
    """The softmax of the outputs gives the predicted values, which sum to 1."""

    title: ClassVar[str] = "Shares"
    source: ClassVar[str] = "https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html"

    kind: Literal["softmax_values"] = "softmax_values"

    def probabilities(self, outputs: Tensor) -> Tensor:
        return torch.softmax(outputs, dim=-1)


READOUTS: Registry[Readout] = Registry(
    "readout", ClassProbabilities, BinaryProbability, ConstantProbability, IndependentProbabilities, ClassEstimates, BinaryEstimate,
    ClassScores, BinaryScore, Values, SigmoidValues, SoftmaxValues,
)  # fmt: skip


def readout_of(task: Task, loss: Loss, outputs: int) -> Readout:
    """How `outputs` raw numbers per example are read after training with this loss on this task."""
    if not task.has_classes:
        of_values: dict[str | None, type[Readout]] = {"softmax": SoftmaxValues, "sigmoid": SigmoidValues, None: Values}
        return of_values[loss.activation](outputs=outputs)
    if outputs == 1:
        fitted: type[Readout] = BinaryEstimate if loss.one_hot else BinaryScore
        of_one: dict[str | None, type[Readout]] = {"softmax": ConstantProbability, "sigmoid": BinaryProbability, None: fitted}
        return of_one[loss.activation](outputs=1)
    fitted = ClassEstimates if loss.one_hot else ClassScores
    of_many: dict[str | None, type[Readout]] = {"softmax": ClassProbabilities, "sigmoid": IndependentProbabilities, None: fitted}
    return of_many[loss.activation](outputs=outputs)
