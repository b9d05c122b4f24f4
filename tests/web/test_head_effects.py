"""What heads are worth is measured in the background, of the weights at the start, and kept for everyone."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playground.catalog.datasets import Digits8
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.explain import ExplainError
from playground.explain.cut_effects import WHOLE
from playground.explain.heads import Head, heads_of
from playground.network import build_model
from playground.runs.directory import LoadedRun
from playground.spec import ExperimentSpec
from playground.web import head_effects
from playground.web.head_effects import Measured, follow, measure, stop
from playground.web.networks import Network
from playground.web.turns import Turns

BLOCK = LAYERS["transformer_block"](heads=2)
SPEC = ExperimentSpec(
    data=Digits8(),
    network=(LAYERS["patches"](size=4, width=8), BLOCK, BLOCK, LAYERS["sequence_pool"](), Output()),
    loss=CrossEntropy(),
)
HEADS = heads_of(SPEC)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Turns]:
    own = Turns()
    monkeypatch.setattr(head_effects, "turns", lambda: own)
    yield own
    own.close()


@pytest.fixture(scope="module")
def network() -> Network:
    return Network("address", "title", ((1, 1), None), LoadedRun(Path("run"), SPEC, build_model(SPEC).eval(), 10))


def finished(first: Measured, ask: Callable[[], Measured]) -> Measured:
    deadline, now = time.monotonic() + 30, first
    while now.share is not None:
        assert time.monotonic() < deadline
        assert now.effects is None
        time.sleep(0.01)
        now = ask()
    return now


def test_all_heads_are_measured_once_for_all_and_serve_for_each_alone(turns: Turns, network: Network) -> None:
    started = measure("ann", network, None)
    every = finished(started, lambda: follow("ann", started.key))
    assert every.effects is not None
    assert set(every.effects.metrics) == {WHOLE, *(frozenset({head}) for head in HEADS)}
    assert measure("bob", network, None) == replace(every, share=None)
    assert measure("bob", network, frozenset({HEADS[1]})).effects is every.effects


def test_heads_are_cut_together(turns: Turns, network: Network) -> None:
    pair = frozenset(HEADS[1:3])
    started = measure("ann", network, pair)
    both = finished(started, lambda: follow("ann", started.key))
    assert both.effects is not None
    assert set(both.effects.metrics) == {WHOLE, pair}
    assert both.effects.metrics[WHOLE] != both.effects.metrics[pair]


def test_newer_weights_are_another_measurement(turns: Turns, network: Network) -> None:
    heads = frozenset({HEADS[0]})
    first = measure("ann", network, heads)
    later = replace(network, stamp=((2, 1), None))
    earlier = replace(network, run=replace(network.run, step=5))
    assert len({first.key, measure("bob", later, heads).key, measure("cem", earlier, heads).key}) == 3


def test_what_is_stopped_is_lost(turns: Turns, network: Network) -> None:
    started = measure("ann", network, None)
    stop("ann")
    assert follow("ann", started.key) == Measured(started.key, None, None)


def test_heads_that_are_not_there_are_refused(turns: Turns, network: Network) -> None:
    with pytest.raises(ExplainError, match="does not have these heads"):
        measure("ann", network, frozenset({Head("network[1]", 2)}))
