"""Recurrent layers against PyTorch's own modules, with and without padding."""

import copy
import itertools

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from playground.catalog.layers.recurrent_modules import GRU, LSTM, RNN, Recurrent
from tests.catalog.padded import LENGTHS, close, padded_batch

FEATURES, UNITS = 3, 5
THEIRS: dict[type[Recurrent], type[nn.RNNBase]] = {RNN: nn.RNN, LSTM: nn.LSTM, GRU: nn.GRU}
CASES = [
    pytest.param(kind, layers, both, id=f"{kind.__name__}-{layers}{'-bidirectional' * both}")
    for kind, layers, both in itertools.product(THEIRS, (1, 2), (False, True))
]
each_case = pytest.mark.parametrize(("kind", "layers", "both"), CASES)


def built(kind: type[Recurrent], layers: int, both: bool, returns: str) -> tuple[Recurrent, nn.RNNBase]:
    """Ours and PyTorch's, with equal weights."""
    torch.manual_seed(0)
    ours = kind(FEATURES, UNITS, layers=layers, bidirectional=both, returns=returns)  # type: ignore[call-arg]
    theirs = THEIRS[kind](FEATURES, UNITS, num_layers=layers, batch_first=True, bidirectional=both)  # type: ignore[arg-type, misc]
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def packed(theirs: nn.RNNBase, x: Tensor) -> tuple[Tensor, Tensor]:
    """All states (N, L, units), 0 at padding, and the last ones (N, units), computed by PyTorch from packed sequences."""
    states, last = theirs(pack_padded_sequence(x, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False))
    last = last[0] if isinstance(last, tuple) else last
    directions = 2 if theirs.bidirectional else 1
    return pad_packed_sequence(states, batch_first=True, total_length=7)[0], torch.cat([*last[-directions:]], dim=1)


@each_case
def test_same_as_pytorch_without_padding(kind: type[Recurrent], layers: int, both: bool) -> None:
    ours, theirs = built(kind, layers, both, "all")
    x = torch.randn(4, 7, FEATURES)
    states, last = theirs(x)
    last = last[0] if isinstance(last, tuple) else last
    assert torch.equal(ours(x), states)
    ours.returns = "last"
    assert torch.equal(ours(x), torch.cat([*last[-2 if both else -1 :]], dim=1))


@each_case
def test_same_as_pytorch_on_packed_sequences(kind: type[Recurrent], layers: int, both: bool) -> None:
    ours, theirs = built(kind, layers, both, "all")
    x, mask = padded_batch(FEATURES)
    states, last = packed(theirs, x)
    close(ours(x, mask) * mask.unsqueeze(2), states)
    close(ours.observe("hidden", x, mask), states)
    ours.returns = "last"
    close(ours(x, mask), last)


@each_case
def test_gradients_are_those_of_packed_sequences(kind: type[Recurrent], layers: int, both: bool) -> None:
    ours, theirs = built(kind, layers, both, "last")
    x, mask = padded_batch(FEATURES)
    here, there = x.clone().requires_grad_(), x.clone().requires_grad_()
    ours(here, mask).square().sum().backward()
    packed(theirs, there)[1].square().sum().backward()
    assert here.grad is not None
    assert there.grad is not None
    assert not here.grad[~mask].any()
    close(here.grad, there.grad)
    for (name, one), (_, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert one.grad is not None, name
        assert other.grad is not None, name
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-5, atol=1e-5)


@each_case
def test_a_padded_batch_equals_its_sequences_one_by_one(kind: type[Recurrent], layers: int, both: bool) -> None:
    x, mask = padded_batch(FEATURES)
    for returns in ("all", "last"):
        ours, _ = built(kind, layers, both, returns)
        together = ours(x, mask)
        for index, length in enumerate(LENGTHS):
            alone = ours(x[index : index + 1, :length])[0]
            close(together[index, :length] if returns == "all" else together[index], alone)


@pytest.mark.parametrize("kind", THEIRS)
@pytest.mark.parametrize("both", [False, True])
def test_a_sequence_without_any_step_leaves_the_state_at_zero(kind: type[Recurrent], both: bool) -> None:
    ours, _ = built(kind, 1, both, "last")
    x, mask = padded_batch(FEATURES, (0, 3))
    out = ours(x, mask)
    assert not out[0].any()
    assert out[1].all()
    assert not ours.observe("hidden", x, mask)[0].any()


def cells(module: nn.RNNBase, x: Tensor, reverse: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Gates (L, gates, units), memory and state (L, units) of one sequence x (L, features), by the formulas in PyTorch's documentation."""
    suffix = f"l{module.num_layers - 1}" + "_reverse" * reverse
    w_i, w_h, b_i, b_h = (getattr(module, f"{name}_{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    h = c = torch.zeros(UNITS)
    gates, memory, states = [], [], []
    for step in reversed(x) if reverse else x:
        a, b = w_i @ step + b_i, w_h @ h + b_h
        if module.mode == "LSTM":
            i, f, g, o = (a + b).chunk(4)
            row = [torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)]
            c = row[1] * c + row[0] * row[2]
            h = row[3] * torch.tanh(c)
        else:
            (a_r, a_z, a_n), (b_r, b_z, b_n) = a.chunk(3), b.chunk(3)
            r, z = torch.sigmoid(a_r + b_r), torch.sigmoid(a_z + b_z)
            row = [r, z, torch.tanh(a_n + r * b_n)]
            h = (1 - z) * row[2] + z * h
        gates.append(torch.stack(row))
        memory.append(c)
        states.append(h)
    order = slice(None, None, -1) if reverse else slice(None)
    return torch.stack(gates[order]), torch.stack(memory[order]), torch.stack(states[order])


@pytest.mark.parametrize("kind", [LSTM, GRU])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both", [False, True])
def test_gates_and_memory_follow_the_formulas(kind: type[Recurrent], layers: int, both: bool) -> None:
    ours, _ = built(kind, layers, both, "last")
    below, _ = built(kind, layers, both, "all")
    x, mask = padded_batch(FEATURES)
    before = copy.deepcopy(ours.state_dict())
    gates, hidden = ours.observe("gates", x, mask), ours.observe("hidden", x, mask)
    directions = 2 if both else 1
    assert gates.shape == (4, 7, 4 if kind is LSTM else 3, UNITS * directions)
    assert not gates[~mask].any()
    for index, length in enumerate(LENGTHS):
        sequence = x[index, :length]
        if layers == 2:
            lower = THEIRS[kind](FEATURES, UNITS, batch_first=True, bidirectional=both)  # type: ignore[arg-type, misc]
            lower.load_state_dict({name: tensor for name, tensor in below.state_dict().items() if "l0" in name})
            sequence = lower(sequence.unsqueeze(0))[0][0]
        for direction in range(directions):
            units = slice(direction * UNITS, (direction + 1) * UNITS)
            expected, memory, states = cells(ours, sequence, reverse=direction == 1)
            close(gates[index, :length, :, units], expected)
            close(hidden[index, :length, units], states)
            if kind is LSTM:
                close(ours.observe("cell", x, mask)[index, :length, units], memory)
    assert all(torch.equal(before[name], tensor) for name, tensor in ours.state_dict().items())


@pytest.mark.parametrize("kind", THEIRS)
def test_says_when_there_is_nothing_of_that_name(kind: type[Recurrent]) -> None:
    ours, _ = built(kind, 1, False, "all")
    with pytest.raises(KeyError, match="attention"):
        ours.observe("attention", torch.randn(1, 3, FEATURES))


@pytest.mark.parametrize("kind", THEIRS)
def test_one_direction_sees_only_earlier_steps(kind: type[Recurrent]) -> None:
    ours, _ = built(kind, 2, False, "all")
    x = torch.randn(2, 6, FEATURES, requires_grad=True)
    (gradient,) = torch.autograd.grad(ours(x)[:, 2].square().sum(), x)
    assert gradient[:, :3].any(dim=2).all()
    assert not gradient[:, 3:].any()


def test_steps_end_where_only_the_last_state_is_returned() -> None:
    mask = torch.tensor([[True, False]])
    assert LSTM(2, 3, returns="all").mask_after(mask) is mask
    assert LSTM(2, 3, returns="last").mask_after(mask) is None
