"""Forward and backward pass of the layers for sequences when nobody looks inside, relative to PyTorch's own modules with the same weights.

Batches of 32 sequences on one thread. Ours and PyTorch's alternate, so that a slowdown of the machine affects both; medians of the ratios.
Padded batches have lengths from half to all of the steps; PyTorch's recurrent modules get them packed, as its documentation does it.
`--cpu` counts processor seconds, for a machine that is busy with other things."""

import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.figures import Figure, median, report
from playground.catalog.layers.attention_modules import SelfAttention, TransformerBlock
from playground.catalog.layers.recurrent_modules import GRU, LSTM, RNN, Recurrent

ROUNDS = 31
TARGET = 1.15
EXAMPLES = 32
UNITS, FEATURES, STEPS = 64, 16, 100
WIDTH, HEADS, CONTEXT = 128, 4, 64

Call = Callable[[Tensor], Tensor]


def ratio(ours: nn.Module, theirs: nn.Module, call: Call, their_call: Call, x: Tensor) -> float:
    """Time of our forward and backward pass relative to theirs: the median of rounds, after one for warm-up."""
    rounds = [(seconds(ours, call, x), seconds(theirs, their_call, x)) for _ in range(ROUNDS + 1)][1:]
    return median([one / other for one, other in rounds])


def seconds(module: nn.Module, call: Call, x: Tensor) -> float:
    clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
    module.zero_grad(set_to_none=True)
    inputs = x.clone().requires_grad_()
    began = clock()
    call(inputs).sum().backward()
    return clock() - began


def lengths(steps: int) -> Tensor:
    return torch.linspace(steps // 2, steps, EXAMPLES).long()


def mask_of(steps: int) -> Tensor:
    return torch.arange(steps) < lengths(steps).unsqueeze(1)


def recurrent(kind: type[Recurrent], their_kind: type[nn.RNNBase], both: bool, padded: bool) -> float:
    ours = kind(FEATURES, UNITS, bidirectional=both, returns="all")
    theirs = their_kind(FEATURES, UNITS, batch_first=True, bidirectional=both)
    theirs.load_state_dict(ours.state_dict())
    x, mask = torch.randn(EXAMPLES, STEPS, FEATURES), mask_of(STEPS)

    def packed(x: Tensor) -> Tensor:
        out, _ = theirs(pack_padded_sequence(x, lengths(STEPS), batch_first=True, enforce_sorted=False))
        return pad_packed_sequence(out, batch_first=True, total_length=STEPS)[0]

    if padded:
        return ratio(ours, theirs, lambda x: ours(x, mask), packed, x)
    return ratio(ours, theirs, ours, lambda x: theirs(x)[0], x)


def attention(causal: bool, padded: bool) -> float:
    ours = SelfAttention(WIDTH, HEADS, causal)
    theirs = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    x, mask = torch.randn(EXAMPLES, CONTEXT, WIDTH), mask_of(CONTEXT) if padded else None
    settings = {"need_weights": False, "is_causal": causal, "attn_mask": later() if causal else None}
    ignored = ~mask if mask is not None else None
    return ratio(ours, theirs, lambda x: ours(x, mask), lambda x: theirs(x, x, x, key_padding_mask=ignored, **settings)[0], x)


def block(causal: bool, padded: bool) -> float:
    ours = TransformerBlock(WIDTH, HEADS, 4 * WIDTH, causal)
    theirs = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True)
    theirs.load_state_dict(ours.state_dict())
    x, mask = torch.randn(EXAMPLES, CONTEXT, WIDTH), mask_of(CONTEXT) if padded else None
    settings = {"is_causal": causal, "src_mask": later() if causal else None}
    ignored = ~mask if mask is not None else None
    return ratio(ours, theirs, lambda x: ours(x, mask), lambda x: theirs(x, src_key_padding_mask=ignored, **settings), x)


def later() -> Tensor:
    return torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    figures = []

    def add(name: str, value: float) -> None:
        figures.append(Figure(f"{name}, forward + backward relative to torch.nn's", value, "", TARGET, "lower"))

    for kind, theirs in ((LSTM, nn.LSTM), (GRU, nn.GRU), (RNN, nn.RNN)):
        add(kind.__name__, recurrent(kind, theirs, both=False, padded=False))
        add(f"{kind.__name__}, padded", recurrent(kind, theirs, both=False, padded=True))
        add(f"{kind.__name__}, bidirectional", recurrent(kind, theirs, both=True, padded=False))
        add(f"{kind.__name__}, bidirectional and padded", recurrent(kind, theirs, both=True, padded=True))
    for name, measure in (("attention", attention), ("transformer block", block)):
        add(name, measure(causal=False, padded=False))
        add(f"causal {name}", measure(causal=True, padded=False))
        add(f"{name}, padded", measure(causal=False, padded=True))
    report(figures)


if __name__ == "__main__":
    main()
