"""Modules for sequences in onnxruntime: the same numbers for any number of examples and any length, with and without padding."""

import io
import itertools

import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from playground.catalog.layers.attention_modules import SelfAttention, TransformerBlock
from playground.catalog.layers.recurrent_modules import GRU, LSTM, RNN
from playground.catalog.layers.sequence_modules import ClassToken, LearnedPositions, SequencePool, SinusoidalPositions

WIDTH = 8
RECURRENT = itertools.product((RNN, LSTM, GRU), ((1, False), (2, True)), ("all", "last"))
ATTENTION = itertools.product((False, True), repeat=2)
MODULES: list[nn.Module] = [
    *(kind(WIDTH, 6, layers, both, returns) for kind, (layers, both), returns in RECURRENT),
    *(module for flags in ATTENTION for module in (SelfAttention(WIDTH, 2, *flags), TransformerBlock(WIDTH, 2, 16, *flags))),
    *(LearnedPositions(20, WIDTH), SinusoidalPositions(), ClassToken(WIDTH)),
    *(SequencePool(how) for how in ("mean", "max", "first", "last")),
]


class Padded(nn.Module):
    """The module on sequences of numbers that end with NaN, as in a network."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        mask = ~x[:, :, 0].isnan()
        out: Tensor = self.module(x.nan_to_num(), mask)
        return out * mask.unsqueeze(2) if out.ndim == 3 else out


def examples(count: int, length: int, padded: bool) -> Tensor:
    """Sequences (count, length, width), where example i has i steps less, but at least one."""
    x = torch.randn(count, length, WIDTH, generator=torch.Generator().manual_seed(length))
    for index in range(count if padded else 0):
        x[index, max(1, length - index) :] = torch.nan
    return x


CASES = [(module, False) for module in MODULES] + [(module, True) for module in MODULES if getattr(module, "takes_mask", False)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("module", "padded"),
    [pytest.param(*case, id=f"{type(case[0]).__name__}({case[0].extra_repr()}){'-padded' * case[1]}") for case in CASES],
)
def test_same_for_any_number_of_examples_and_any_length(module: nn.Module, padded: bool) -> None:
    network, file = (Padded(module) if padded else module).eval(), io.BytesIO()
    axes = {"x": {0: "examples", 1: "steps"}, "y": {0: "examples"}}
    torch.onnx.export(
        network, (examples(3, 7, padded),), file, dynamo=False, opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes=axes
    )
    session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    for count, length in ((1, 1), (2, 5), (5, 12)):
        x = examples(count, length, padded)
        (found,) = session.run(None, {"x": x.numpy()})
        torch.testing.assert_close(torch.from_numpy(found), network(x).detach(), rtol=1e-5, atol=2e-6)
