"""Metrics, in the order in which they are listed: the loss comes first."""

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss
from playground.catalog.metrics.accuracy import Accuracy
from playground.catalog.metrics.base import SPLITS, DeclaredMetric, Metric, Part, SplitName
from playground.catalog.metrics.loss import MeanLoss
from playground.catalog.metrics.sequences import Perplexity, WholeSequences
from playground.catalog.metrics.tally import Tally
from playground.catalog.metrics.values import MeanAbsoluteError, RootMeanSquaredError
from playground.catalog.variant import Registry

METRICS: Registry[Metric] = Registry("metric", MeanLoss, Accuracy, WholeSequences, Perplexity, RootMeanSquaredError, MeanAbsoluteError)


def metrics_of(data: Dataset, loss: Loss) -> tuple[Metric, ...]:
    """The metrics of runs on this data with this loss."""
    return tuple(metric.of(data) for metric in METRICS if metric.applies(data, loss))


def declared_metrics(data: Dataset, loss: Loss) -> tuple[DeclaredMetric, ...]:
    """Their declarations."""
    return tuple(metric.declared(data) for metric in metrics_of(data, loss))


__all__ = [
    "METRICS", "SPLITS", "Accuracy", "DeclaredMetric", "MeanAbsoluteError", "MeanLoss", "Metric", "Part", "Perplexity",
    "RootMeanSquaredError", "SplitName", "Tally", "WholeSequences",
    "declared_metrics", "metrics_of",
]  # fmt: skip
