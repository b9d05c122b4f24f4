"""Paths of layers and names of modules lead to one another."""

import pytest
from torch import nn

from playground.catalog.datasets import MnistSample
from playground.catalog.layers import Conv2d, Flatten, GlobalAvgPool2d, Output, Parallel, ReLU, Residual
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.losses import CrossEntropy
from playground.network import build_model, module_name, path_of
from playground.paths import chains, item
from playground.spec import ExperimentSpec, SpecError

INNER = Residual(layers=(Conv2d(filters=8), ReLU(), Parallel(branch=((Conv2d(filters=2),), ()))))
SPEC = ExperimentSpec(
    data=MnistSample(),
    network=(Conv2d(filters=4), Parallel(branch=((INNER, ReLU()), (Conv2d(filters=3),))), GlobalAvgPool2d(), Output()),
    loss=CrossEntropy(),
)
PATHS = [f"{chain}[{index}]" for chain, layers in chains(SPEC) for index in range(len(layers))]
MODULES: dict[type, type[nn.Module]] = {
    Conv2d: nn.Conv2d, ReLU: nn.ReLU, Parallel: ParallelBlock, Residual: ResidualBlock, GlobalAvgPool2d: nn.Sequential, Output: nn.Linear,
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_names_the_module_of_its_layer_and_back(path: str) -> None:
    module = build_model(SPEC).get_submodule(module_name(path))
    assert isinstance(module, MODULES[type(item(SPEC, path))])
    assert path_of(SPEC, module_name(path)) == (path, "")


def test_modules_that_are_no_layers_belong_to_one() -> None:
    assert module_name("network[1].branch[0][0].layers[2].branch[1][7]") == "1.branches.0.0.body.2.branches.1.7"
    assert path_of(SPEC, "1.branches.0.0.shortcut") == ("network[1].branch[0][0]", "shortcut")
    assert path_of(SPEC, "1.branches.0.0.body") == ("network[1].branch[0][0]", "body")
    assert path_of(SPEC, "2.0") == ("network[2]", "0")
    for name, _ in build_model(SPEC).named_parameters():
        path, inside = path_of(SPEC, name)
        assert ".".join((module_name(path), inside)) == name


def test_what_the_network_does_not_have_is_refused() -> None:
    for name in ("4", "x", "", "1.branches.0.9"):
        with pytest.raises(SpecError, match="no such module"):
            path_of(SPEC, name)
    for path in ("network", "data.augmentations", "network[1].other[0]"):
        with pytest.raises(SpecError):
            module_name(path)
    assert path_of(SPEC.model_copy(update={"network": (Flatten(),)}), "0") == ("network[0]", "")
