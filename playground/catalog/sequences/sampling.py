"""Continuing a sequence symbol by symbol. Needs nothing but torch: its source is copied into generated scripts."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

PADDED = 1
"""Class k is symbol k + 1, since symbol 0 is padding and never predicted."""


def next_probabilities(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """Raw outputs (…, K) for the next symbol → probabilities (…, K).

    temperature: divides the outputs; below 1 likely symbols become likelier, at 0 only the likeliest is left. top_k: how many of the
    likeliest symbols are possible (Fan et al. 2018, arXiv:1805.04833); None for all."""
    if temperature == 0:
        return nn.functional.one_hot(logits.argmax(dim=-1), logits.shape[-1]).to(logits.dtype)
    if top_k is not None and top_k < logits.shape[-1]:
        least = logits.topk(top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < least, float("-inf"))
    return torch.softmax(logits / temperature, dim=-1)


@torch.inference_mode()
def next_outputs(model: nn.Module, symbols: list[int], context: int) -> Tensor:
    """The network's raw outputs (K,) for the symbol that follows the last `context` of these.

    model: (1, L) symbols → (1, L, K) outputs for the symbol after each step."""
    device = next((parameter.device for parameter in model.parameters()), None)
    outputs: Tensor = model(torch.tensor([symbols[-context:]], device=device))[0, -1]
    return outputs.float().cpu()


def continued(
    model: nn.Module, prompt: list[int], context: int, seed: int, temperature: float = 1.0, top_k: int | None = None
) -> Iterator[int]:
    """The symbols that follow a prompt, without end, each drawn from the network's prediction after the last `context` symbols.

    model: as `next_outputs`. prompt: at least one symbol. The same seed gives the same symbols on one machine."""
    generator = torch.Generator().manual_seed(seed)
    symbols = list(prompt)
    while True:
        probabilities = next_probabilities(next_outputs(model, symbols, context), temperature, top_k)
        symbols.append(int(torch.multinomial(probabilities, 1, generator=generator)) + PADDED)
        yield symbols[-1]
