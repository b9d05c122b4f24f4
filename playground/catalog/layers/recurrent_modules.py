"""The modules of recurrent layers. They need nothing but torch: their source is copied into generated scripts."""

import torch
from torch import nn
from torch.nn import functional as F


class Recurrent(nn.RNNBase):
    """Reads a sequence step by step and keeps a state. Its weights have the names and shapes of `nn.RNN`, `nn.LSTM` and `nn.GRU`.

    layers: how many are stacked. bidirectional: whether a second one reads from the end to the beginning, its units after the first one's.
    returns: "all" for the state after every step, "last" for the state after the last one (of the second: after the first)."""

    takes_mask = True

    def __init__(self, mode: str, features: int, units: int, layers: int, bidirectional: bool, returns: str) -> None:
        super().__init__(mode, features, units, layers, batch_first=True, bidirectional=bidirectional)
        self.returns = returns

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, features) → (N, L, units) or (N, units), twice the units if bidirectional.

        mask: bool (N, L), which steps are valid; other steps come after the end, and outputs there mean nothing."""
        states = self._states(x, mask, self.num_layers)
        if self.returns == "all":
            return states
        last = states[:, -1]
        if mask is not None:
            index = (mask.sum(dim=1) - 1).clamp(min=0)[:, None, None].expand(-1, 1, states.shape[2])
            last = states.gather(1, index).squeeze(1)
        if self.bidirectional:
            last = torch.cat((last[:, : self.hidden_size], states[:, 0, self.hidden_size :]), dim=1)
        return last if mask is None else last * mask.any(dim=1, keepdim=True)  # a sequence without any step leaves the state at 0

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor | None:
        """The valid steps of its output; None if it has no steps."""
        return mask if self.returns == "all" else None

    def _states(self, x: torch.Tensor, mask: torch.Tensor | None, layers: int) -> torch.Tensor:
        """x: (N, L, features) → the states of layer number `layers`, counted from 1 (N, L, units of all directions)."""
        weights = self._weights()
        if mask is None or not self.bidirectional:  # one direction meets padding only after the end
            used = weights[: 2 * layers if self.bidirectional else layers]
            return self._run(x, [weight for group in used for weight in group], layers, self.bidirectional)
        for first, second in zip(weights[: 2 * layers : 2], weights[1 : 2 * layers : 2], strict=True):
            back = self._reversed(self._run(self._reversed(x, mask), second, 1, False), mask)
            x = torch.cat((self._run(x, first, 1, False), back), dim=2)
        return x

    def _weights(self) -> list[list[torch.Tensor]]:
        """Of each direction of each layer: of its input, of its state, and their biases."""
        return [[*group] for group in self.all_weights]

    def _reversed(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Each sequence of x (N, L, F) from its last valid step to its first; padding stays where it is."""
        steps = torch.arange(x.shape[1], device=x.device)
        index = torch.where(mask, mask.sum(dim=1, keepdim=True) - 1 - steps, steps)
        return x.gather(1, index.unsqueeze(2).expand(-1, -1, x.shape[2]))

    def _start(self, x: torch.Tensor, layers: int, bidirectional: bool) -> torch.Tensor:
        """The state before the first step (layers and directions, N, units): zeros."""
        return x.new_zeros(2 * layers if bidirectional else layers, x.shape[0], self.hidden_size)

    def _run(self, x: torch.Tensor, weights: list[torch.Tensor], layers: int, bidirectional: bool) -> torch.Tensor:
        """PyTorch's kernel: x (N, L, features) → the states of the last layer (N, L, units of all directions)."""
        raise NotImplementedError

    def observe(self, name: str, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """What is inside its last layer, for x (N, L, features), with 0 at padding; the second direction's units after the first one's.

        name: "hidden" (N, L, units), the state after each step; "gates" (N, L, gates, units), for an LSTM in the order input, forget,
        candidate, output, for a GRU reset, update, candidate; "cell" (N, L, units), the memory of an LSTM."""
        valid = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if mask is None else mask
        states = self._states(x, valid, self.num_layers)
        if name == "hidden":
            return states * valid.unsqueeze(2)
        below = x if self.num_layers == 1 else self._states(x, valid, self.num_layers - 1)
        directions = 2 if self.bidirectional else 1
        seen = []
        for direction, weights in enumerate(self._weights()[-directions:]):
            own = states[:, :, direction * self.hidden_size : (direction + 1) * self.hidden_size]
            inputs, own = (self._reversed(below, valid), self._reversed(own, valid)) if direction else (below, own)
            before = F.pad(own, (0, 0, 1, -1))  # the state that each step starts from
            inside = self._inside(name, inputs, before, weights).flatten(2)
            seen.append((self._reversed(inside, valid) if direction else inside) * valid.unsqueeze(2))
        shaped = torch.cat([part.reshape(*x.shape[:2], -1, self.hidden_size) for part in seen], dim=3)
        return shaped if name == "gates" else shaped.squeeze(2)

    def _inside(self, name: str, x: torch.Tensor, before: torch.Tensor, weights: list[torch.Tensor]) -> torch.Tensor:
        """What `name` is in one direction: (N, L, gates, units), or (N, L, units) for the memory.

        x: (N, L, features). before: the state before each step (N, L, units)."""
        raise KeyError(name)

    def extra_repr(self) -> str:
        stack = f"layers={self.num_layers}, bidirectional={self.bidirectional}"
        return f"{self.input_size}, {self.hidden_size}, {stack}, returns={self.returns!r}"


class RNN(Recurrent):
    """The state after a step is tanh(W x + U h + b), where h is the state before it (Elman 1990)."""

    def __init__(self, features: int, units: int, layers: int = 1, bidirectional: bool = False, returns: str = "last") -> None:
        super().__init__("RNN_TANH", features, units, layers, bidirectional, returns)

    def _run(self, x: torch.Tensor, weights: list[torch.Tensor], layers: int, bidirectional: bool) -> torch.Tensor:
        start = self._start(x, layers, bidirectional)
        return torch.rnn_tanh(x, start, weights, True, layers, 0.0, self.training, bidirectional, True)[0]


class LSTM(Recurrent):
    """Gates decide what enters a memory, what stays in it and what comes out (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""

    def __init__(self, features: int, units: int, layers: int = 1, bidirectional: bool = False, returns: str = "last") -> None:
        super().__init__("LSTM", features, units, layers, bidirectional, returns)

    def _run(self, x: torch.Tensor, weights: list[torch.Tensor], layers: int, bidirectional: bool) -> torch.Tensor:
        start = self._start(x, layers, bidirectional)
        return torch.lstm(x, (start, start), weights, True, layers, 0.0, self.training, bidirectional, True)[0]

    def _inside(self, name: str, x: torch.Tensor, before: torch.Tensor, weights: list[torch.Tensor]) -> torch.Tensor:
        of_input, of_state, input_bias, state_bias = weights
        sums = F.linear(x, of_input, input_bias) + F.linear(before, of_state, state_bias)
        enter, forget, candidate, leave = sums.chunk(4, dim=2)
        gates = torch.stack((enter.sigmoid(), forget.sigmoid(), candidate.tanh(), leave.sigmoid()), dim=2)
        if name == "gates":
            return gates
        if name != "cell":
            raise KeyError(name)
        memory, memories = torch.zeros_like(before[:, 0]), []
        for enter, forget, candidate, _ in (step.unbind(1) for step in gates.unbind(1)):
            memory = forget * memory + enter * candidate
            memories.append(memory)
        return torch.stack(memories, dim=1)


class GRU(Recurrent):
    """Gates decide how much of the state is replaced, and how much of it the replacement sees (Cho et al. 2014, arXiv:1406.1078)."""

    def __init__(self, features: int, units: int, layers: int = 1, bidirectional: bool = False, returns: str = "last") -> None:
        super().__init__("GRU", features, units, layers, bidirectional, returns)

    def _run(self, x: torch.Tensor, weights: list[torch.Tensor], layers: int, bidirectional: bool) -> torch.Tensor:
        start = self._start(x, layers, bidirectional)
        return torch.gru(x, start, weights, True, layers, 0.0, self.training, bidirectional, True)[0]

    def _inside(self, name: str, x: torch.Tensor, before: torch.Tensor, weights: list[torch.Tensor]) -> torch.Tensor:
        if name != "gates":
            raise KeyError(name)
        of_input, of_state, input_bias, state_bias = weights
        inputs = F.linear(x, of_input, input_bias).chunk(3, dim=2)
        states = F.linear(before, of_state, state_bias).chunk(3, dim=2)
        reset, update = ((inputs[gate] + states[gate]).sigmoid() for gate in (0, 1))
        candidate = (inputs[2] + reset * states[2]).tanh()
        return torch.stack((reset, update, candidate), dim=2)
