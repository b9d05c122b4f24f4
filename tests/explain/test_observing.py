"""Looking inside layers, against the modules themselves."""

import copy

import pytest
import torch
from torch import nn

from playground.catalog.datasets import Digits8
from playground.catalog.layers import (
    GRU,
    LSTM,
    Attention,
    ClassToken,
    Layer,
    Output,
    Parallel,
    Patches,
    Positions,
    Residual,
    SequencePool,
    TransformerBlock,
)
from playground.catalog.layers.attention_modules import SelfAttention
from playground.catalog.layers.block_modules import ResidualBlock
from playground.catalog.layers.network_modules import Chain, Network
from playground.catalog.layers.recurrent_modules import LSTM as LSTMModule  # noqa: N811
from playground.catalog.layers.sequence_modules import SequencePool as SequencePoolModule
from playground.catalog.losses import CrossEntropy
from playground.explain import ExplainError, Observer, feature_maps, observe
from playground.network import build_model
from playground.network.modules import module_name, path_of
from playground.paths import chains
from playground.spec import ExperimentSpec
from tests.catalog.padded import padded_batch

NETWORK: tuple[Layer, ...] = (
    Patches(size=2, width=8),
    ClassToken(),
    Positions(),
    Residual(layers=(Attention(heads=2),)),
    TransformerBlock(heads=4),
    Parallel(branch=((GRU(units=8, returns="all"),), (Residual(layers=(Attention(),)),)), join="add"),
    LSTM(units=6, returns="all"),
    SequencePool(how="first"),
    Output(),
)
SPEC = ExperimentSpec(data=Digits8(), network=NETWORK, loss=CrossEntropy())
X = torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def model() -> nn.Sequential:
    return build_model(SPEC).eval()


def test_names_and_paths_are_those_of_the_same_layers(model: nn.Sequential) -> None:
    modules = dict(model.named_modules())
    paths = [f"{chain}[{index}]" for chain, layers in chains(SPEC) for index in range(len(layers))]
    assert module_name("network[5].branch[1][0].layers[0]") == "5.branches.1.0.body.0"
    for path in paths:
        assert module_name(path) in modules
        assert path_of(SPEC, module_name(path)) == (path, "")
    assert {path_of(SPEC, name)[0] for name in modules if name} >= set(paths)
    assert path_of(SPEC, "4.self_attn.out_proj") == ("network[4]", "self_attn.out_proj")
    assert path_of(SPEC, "5.branches.1.0.shortcut") == ("network[5].branch[1][0]", "shortcut")


@pytest.mark.parametrize(
    ("path", "name", "shape"),
    [
        ("network[3].layers[0]", "attention", (3, 2, 17, 17)),
        ("network[4]", "attention", (3, 4, 17, 17)),
        ("network[4]", "query", (3, 4, 17, 2)),
        ("network[5].branch[0][0]", "gates", (3, 17, 3, 8)),
        ("network[5].branch[1][0].layers[0]", "attention", (3, 4, 17, 17)),
        ("network[6]", "hidden", (3, 17, 6)),
        ("network[6]", "gates", (3, 17, 4, 6)),
        ("network[6]", "cell", (3, 17, 6)),
        ("network[1]", "output", (3, 17, 8)),
        ("network[8]", "output", (3, 10)),
    ],
)
def test_what_is_seen_is_what_the_layer_computes(model: nn.Sequential, path: str, name: str, shape: tuple[int, ...]) -> None:
    before = copy.deepcopy(model.state_dict())
    module = model.get_submodule(module_name(path))
    calls: list[torch.Tensor] = []
    handle = module.register_forward_pre_hook(lambda _, inputs: calls.append(inputs[0].detach()))
    model.train()(X)
    model.eval()(X)
    handle.remove()
    model.train()
    seen = observe(model, X, path, name)
    assert seen.shape == shape
    expected = module.eval()(calls[-1]) if name == "output" else module.observe(name, calls[-1])
    torch.testing.assert_close(seen, expected.detach())
    assert model.training
    assert not any(parameter.grad is not None for parameter in model.parameters())
    assert all(torch.equal(before[key], tensor) for key, tensor in model.state_dict().items())


def test_output_is_the_feature_maps(model: nn.Sequential) -> None:
    for index in range(len(NETWORK)):
        torch.testing.assert_close(observe(model, X[:1], f"network[{index}]")[0], feature_maps(model, X[:1], index), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        ("network[9]", "output", "no such layer"),
        ("network[0].layers[0]", "output", "no such layer"),
        ("nonsense]", "output", "no such layer"),
        ("network[0]", "attention", "Patches shows only its output"),
        ("network[6]", "attention", "LSTM has no 'attention' to look at"),
    ],
)
def test_says_what_cannot_be_seen(model: nn.Sequential, path: str, name: str, message: str) -> None:
    with pytest.raises(ExplainError, match=message):
        observe(model, X, path, name)
    with pytest.raises(ExplainError, match="cannot take an input of shape"):
        observe(model, torch.randn(3, 7), "network[6]", "hidden")


@pytest.mark.parametrize("layer", [layer for layer in NETWORK if len(layer.observes) > 1], ids=lambda layer: layer.kind)
def test_every_layer_shows_what_it_declares(model: nn.Sequential, layer: Layer) -> None:
    for name in layer.observes:
        assert torch.isfinite(observe(model, X, f"network[{NETWORK.index(layer)}]", name)).all()


def test_padding_is_left_out() -> None:
    x, mask = padded_batch(8)
    network = Network(
        ResidualBlock(Chain(SelfAttention(8, 2)), nn.Identity()), LSTMModule(8, 4, returns="all"), SequencePoolModule(), padding="nan"
    )
    padded = x.masked_fill(~mask.unsqueeze(2), torch.nan)
    weights = observe(network, padded, "network[0].layers[0]", "attention")
    torch.testing.assert_close(weights, network[0].body[0].observe("attention", x, mask))
    assert not weights.transpose(2, 3)[~mask[:, None].expand(-1, 2, -1)].any()
    assert not observe(network, padded, "network[1]", "gates")[~mask].any()


def test_all_layers_are_seen_in_one_pass_as_one_by_one(model: nn.Sequential) -> None:
    paths = ["network[3].layers[0]", "network[4]", "network[5].branch[1][0].layers[0]"]
    observer = Observer(model, paths, "attention")
    for x in (X, X[:1] * 2):
        outputs, seen = observer.look(x)
        torch.testing.assert_close(outputs, model(x).detach())
        for path in paths:
            torch.testing.assert_close(seen[path], observe(model, x, path, "attention"), rtol=0, atol=0)
    with pytest.raises(ExplainError, match="cannot take an input of shape"):
        observer.look(torch.randn(3, 7))
    torch.testing.assert_close(observer.look(X)[0], model(X).detach())
    with pytest.raises(ExplainError, match="shows only its output"):
        Observer(model, ["network[0]"], "attention")
