"""Where a trained network is no better than a constant prediction: reported at the end of a run, since curves do not show it."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from playground.catalog.metrics import declared_metrics
from playground.spec import ExperimentSpec
from playground.training.baseline import Baseline
from playground.training.evaluation import Examination
from playground.training.events import Evaluated

_TOLERANCE = 0.02
"""An accuracy is better than a constant prediction's only if it exceeds it by more than this or two standard errors, whichever is less."""
_SHARE = 0.99
"""A loss above this share of a constant prediction's is no better."""
_NAMED = 5
"""At most this many classes are named."""
_ALIKE = 1e-6
"""Outputs that vary by less than this share of their size count as equal."""


def findings(spec: ExperimentSpec, examination: Examination, baseline: Baseline) -> tuple[str, ...]:
    """Sentences for the user; () for a network that learned something."""
    evaluated = examination.evaluated
    constant = tuple(_accuracy(spec, evaluated, baseline) if spec.data.classes else _loss(spec, evaluated, baseline))
    compared = constant or tuple(_naive(spec, evaluated, baseline))
    return (*_constant_outputs(spec, examination.outputs), *compared)


def _constant_outputs(spec: ExperimentSpec, outputs: Tensor) -> Iterator[str]:
    """Outputs that do not depend on the input: all of them, or those of some classes."""
    if len(outputs) < 2 or not bool(torch.isfinite(outputs).all()):
        return
    spread, size = outputs.amax(dim=0) - outputs.amin(dim=0), outputs.abs().max().item()
    constant = (spread <= _ALIKE * max(size, _ALIKE)).tolist()
    if all(constant):
        yield "The network gives the same output for every example, whatever the input."
    elif any(constant) and len(constant) == len(spec.data.classes):
        names = [f"“{name}”" for name, is_constant in zip(spec.data.classes, constant, strict=True) if is_constant]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"The output for {', '.join(names[:_NAMED])}{more} is the same for every example: it has stopped learning."


def _accuracy(spec: ExperimentSpec, evaluated: Evaluated, baseline: Baseline) -> Iterator[str]:
    accuracy, share = evaluated.test_accuracy, baseline.majority_share
    luck = 2 * math.sqrt(share * (1 - share) / baseline.test_answers)
    if accuracy is not None and share < 1 and accuracy <= share + min(_TOLERANCE, luck):
        yield (
            f"A test accuracy of {accuracy:.1%} is no better than always predicting “{spec.data.classes[baseline.majority]}”, "
            f"which is correct for {share:.1%} of the test set."
        )
    elif evaluated.train_loss >= _SHARE * baseline.train_loss > 0 and accuracy is not None and accuracy < 0.5 + share / 2:
        yield (
            f"A training loss of {evaluated.train_loss:.4g} is no better than predicting the same for every example, whose loss is "
            f"{baseline.train_loss:.4g}."
        )


def _loss(spec: ExperimentSpec, evaluated: Evaluated, baseline: Baseline) -> Iterator[str]:
    """Where values have a metric in their own units, the sentence is about that."""
    metric = next((metric for metric in declared_metrics(spec.data, spec.loss) if metric.format == "value"), None)
    pairs = {"training": (evaluated.train_loss, baseline.train_loss), "test": (evaluated.test_loss, baseline.test_loss)}
    for split, (loss, constant) in pairs.items():
        if loss >= _SHARE * constant > 0 and metric is not None:
            value = (evaluated.train if split == "training" else evaluated.test)[metric.name]
            best = baseline.of(spec).get(metric.name) if split == "test" else None
            which = f"{best['title']}, with {metric.text(best['value'])}" if best else "always predicting the same value"
            yield f"A {split} {metric.title} of {metric.text(value)} ({spec.data.target_title}) is no better than {which}."
            return
        if loss >= _SHARE * constant > 0:
            yield f"A {split} loss of {loss:.4g} is no better than always predicting the same value, with a loss of {constant:.4g}."
            return


def _naive(spec: ExperimentSpec, evaluated: Evaluated, baseline: Baseline) -> Iterator[str]:
    """For values: predictions that are not constant and need no network either, such as the last value of a series."""
    best = baseline.of(spec).get("loss")
    if best and not spec.data.classes and evaluated.test_loss >= _SHARE * best["value"] > 0:
        yield f"A test loss of {evaluated.test_loss:.4g} is no better than “{best['title']}”, with a loss of {best['value']:.4g}."
