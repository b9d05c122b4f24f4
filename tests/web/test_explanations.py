"""What Explain has computed is kept within a bound, and computed once for all who ask at the same time."""

import threading
import time
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from playground.catalog.datasets import Adding
from playground.catalog.layers import RNN, Output
from playground.catalog.losses import MSE
from playground.explain import ExplainError, Prefixes
from playground.network import trace
from playground.spec import ExperimentSpec
from playground.web import explanations
from playground.web.networks import Network, network_at


@pytest.fixture
def network() -> Iterator[Network]:
    explanations._results.clear()
    yield network_at("digits")
    explanations._results.clear()


def test_who_asks_at_the_same_time_waits_for_one_computation(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def slow(model: object, x: Tensor, layer: str) -> Tensor:
        calls.append(layer)
        time.sleep(0.2)
        return torch.zeros(3)

    monkeypatch.setattr(explanations, "feature_maps", slow)
    x = torch.rand(1, 1, 28, 28)
    threads = [threading.Thread(target=explanations.maps_of, args=(network, x, layer)) for layer in "00101"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(calls) == ["0", "1"]


def test_an_error_is_not_kept(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([RuntimeError("once"), torch.ones(2)])

    def fails_once(*_: object) -> Tensor:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(explanations, "feature_maps", fails_once)
    x = torch.rand(1, 1, 28, 28)
    with pytest.raises(RuntimeError, match="once"):
        explanations.maps_of(network, x, "0")
    assert torch.equal(explanations.maps_of(network, x, "0"), torch.ones(2))


def test_large_maps_leave_before_they_fill_the_memory(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four maps of 30 MB: only the last three fit into 100 MB; what was asked for least lately goes."""
    calls: list[str] = []

    def large(model: object, x: Tensor, layer: str) -> Tensor:
        calls.append(layer)
        return torch.empty(7_500_000)

    monkeypatch.setattr(explanations, "feature_maps", large)
    x = torch.rand(1, 1, 28, 28)
    for layer in "0123231":
        explanations.maps_of(network, x, layer)
    assert calls == ["0", "1", "2", "3"]
    explanations.maps_of(network, x, "0")
    explanations.maps_of(network, x, "1")
    assert calls == ["0", "1", "2", "3", "0"]
    explanations.maps_of(network, x, "2")
    assert calls[-1] == "2"


def test_a_large_network_is_measured_on_fewer_examples_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    data = Adding(samples=400, length=10)
    spec = ExperimentSpec(data=data, network=(RNN(units=4), Output()), loss=MSE())
    products = 10 * trace(spec).parameters
    assert len(explanations._measured(spec)) == 32
    monkeypatch.setattr(explanations, "_FLOW_PRODUCTS", 5 * products)
    assert len(explanations._measured(spec)) == 5
    assert explanations.untrained_flow(spec, "network[0]").examples == 5
    monkeypatch.setattr(explanations, "_FLOW_MOST", products - 1)
    with pytest.raises(ExplainError, match="too large"):
        explanations._measured(spec)


def test_of_very_many_test_examples_the_first_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanations, "_MOST_ANSWERS", 280)
    assert len(explanations._examined(network_at("digits"))) == 280
    monkeypatch.setattr(explanations, "_MOST_ANSWERS", 1)
    assert len(explanations._examined(network_at("digits"))) == explanations._FEWEST


def test_the_size_of_every_result_is_counted() -> None:
    outputs = torch.zeros(100, 50)
    assert explanations._size(outputs) == explanations._size(Prefixes((0,), outputs)) == 21_000
    assert explanations._size(outputs.numpy()) == 21_000
