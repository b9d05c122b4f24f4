"""What the heads of a network are worth: its metrics on test examples with some of them cut."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from playground.catalog.datasets.examples import Data
from playground.catalog.layers.network_modules import Network
from playground.catalog.metrics import Metric, Tally, metrics_of
from playground.explain.heads import Head, cut, heads_of
from playground.explain.isolation import isolated
from playground.network import examples_at_once, forward_bytes, readout, trace
from playground.spec import ExperimentSpec

MOST_EXAMPLES = 1000
_LEAST_EXAMPLES = 20
_FLOPS = 2e11
"""What measuring every head once may cost: about 10 s on one core."""
_AT_ONCE = 64
"""Examples in one pass at most, so that a pass takes a fraction of a second."""

Cut = frozenset[Head]
"""Heads that are cut together."""
WHOLE: Cut = frozenset()
"""The network as it is."""


@dataclass(frozen=True)
class CutEffects:
    """What was measured on `examples` of the `of` test examples. metrics: of each cut, by name."""

    examples: int
    of: int
    metrics: Mapping[Cut, Mapping[str, float]]


def examples_used(spec: ExperimentSpec, tests: int) -> int:
    """How many of the test examples are used for the heads of this network, always the same number, so that results can be compared."""
    passes = len(heads_of(spec)) + 1
    affordable = int(_FLOPS / (passes * max(1, trace(spec).flops)))
    return min(tests, MOST_EXAMPLES, max(_LEAST_EXAMPLES, affordable))


def cut_effects(spec: ExperimentSpec, model: Network, data: Data, cuts: Sequence[Cut]) -> Generator[float, None, CutEffects]:
    """Measures the network with each of these cuts, on test examples that are evenly spread over the test set.

    Yields the share of the work that is done, after every pass through the network, so that it can be paused and abandoned.
    data: from `spec.data.load()`. The model is left unchanged.
    Raises: ExplainError if the network has no such head."""
    twin, split = isolated(model), data.test
    used = examples_used(spec, len(split))
    rows = np.arange(used) * len(split) // used
    size = examples_at_once(forward_bytes(trace(spec)), _AT_ONCE)
    parts = [rows[start : start + size] for start in range(0, used, size)]
    reading, per_step = readout(spec), spec.data.task.per_step
    loss = spec.loss.build(data.train.counts(len(spec.data.classes)))
    tallies = [Tally(_metrics(spec), loss, reading, per_step) for _ in cuts]
    for done, part in enumerate(parts):
        inputs, truth = spec.data.encode(split.inputs[part]), torch.from_numpy(np.array(split.targets[part]))
        targets = truth if per_step else reading.encode(truth)
        for index, (heads, tally) in enumerate(zip(cuts, tallies, strict=True)):
            with torch.inference_mode(), cut(twin, heads):
                tally.add(twin(inputs), targets)
            yield (done + (index + 1) / len(cuts)) / len(parts)
    return CutEffects(used, len(split), {heads: tally.results() for heads, tally in zip(cuts, tallies, strict=True)})


def _metrics(spec: ExperimentSpec) -> list[Metric]:
    return [metric for metric in metrics_of(spec.data, spec.loss) if "test" in metric.splits]
