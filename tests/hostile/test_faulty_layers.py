"""A layer that fails in any way is a problem at its path: nothing that a layer does keeps a visitor from the page."""

from typing import ClassVar

import pytest
from torch import Tensor, nn

from playground.catalog.layers import Dense, Flatten, Layer, Output, ReLU, Residual
from playground.catalog.tensors import TensorSpec
from playground.network import trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec

FAULTS = [RuntimeError, OverflowError, MemoryError, RecursionError, ZeroDivisionError, KeyError, AttributeError, AssertionError, ValueError]


class Faulty(Dense):
    """Fails where it is told to."""

    title: ClassVar[str] = "Faulty"
    fault: ClassVar[type[Exception]] = RuntimeError
    where: ClassVar[str] = ""

    def fail(self, where: str) -> None:
        if where == self.where:
            raise self.fault("it does not work")

    def build(self, x: TensorSpec) -> nn.Module:
        self.fail("build")
        return _Failing(self) if self.where == "forward" else super().build(x)

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer] | None:
        raise self.fault("no suggestion either")

    def sized(self, outputs: int) -> Layer:
        self.fail("sized")
        return self

    def branches(self) -> tuple[tuple[str, tuple[Layer, ...]], ...]:
        self.fail("branches")
        return ()


class _Failing(nn.Module):
    def __init__(self, layer: Faulty) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        self.layer.fail("forward")
        return x


def with_network(*layers: Layer) -> ExperimentSpec:
    return PRESETS["mlp_784_256_10"].spec.model_copy(update={"network": layers})


@pytest.mark.parametrize("where", ["build", "forward", "sized", "branches"])
@pytest.mark.parametrize("fault", FAULTS)
def test_any_fault_is_a_problem_at_the_layer(fault: type[Exception], where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Faulty, "fault", fault)
    monkeypatch.setattr(Faulty, "where", where)
    traced = trace(with_network(Flatten(), Faulty(units=7), ReLU(), Output()))
    assert [row.path for row in traced.rows] == ["network[0]"]
    assert not traced.ok
    (problem,) = [problem for problem in traced.problems if problem.path == "network[1]"]
    assert problem.message.startswith("Faulty cannot be applied to 784: ")
    assert problem.fix is not None
    assert [layer.kind for layer in problem.fix.spec.network] == ["flatten", "relu", "output"]


def test_a_fault_in_a_block_is_a_problem_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Faulty, "where", "build")
    traced = trace(with_network(Flatten(), Residual(layers=(ReLU(), Faulty(units=8))), Output()))
    assert [problem.path for problem in traced.problems if problem.severity == "error"] == ["network[1].layers[1]"]


@pytest.mark.parametrize("depth", [5, 50, 200])
def test_blocks_deeper_than_any_file_allows_are_a_problem(depth: int) -> None:
    """Only a program can make them."""
    block: Layer = Residual(layers=(ReLU(),))
    for _ in range(depth):
        block = Residual(layers=(block,))
    traced = trace(with_network(Flatten(), block, Output()))
    assert any("inside too many blocks" in problem.message for problem in traced.problems)
