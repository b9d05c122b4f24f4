"""A network of modules that may depend on which steps of a sequence are valid. The classes need nothing but torch: their source is copied
into generated scripts.

A mask, bool (N, L), is True at the valid steps of each sequence; steps after its end are padding, and what stands there must not change the
valid steps. A module with `takes_mask = True` has a `forward(x, mask=None)`; one that changes the steps has a `mask_after(mask)`, which
returns None if there are no steps after it."""

from collections.abc import Callable

import torch
from torch import nn


def mask_after(module: nn.Module, mask: torch.Tensor) -> torch.Tensor | None:
    """The valid steps of a module's output, (N, L'), for those of its input, (N, L); None if it has no steps."""
    change: Callable[[torch.Tensor], torch.Tensor | None] | None = getattr(module, "mask_after", None)
    return mask if change is None else change(mask)


class Chain(nn.Sequential):
    """Modules one after another, which hands the mask of valid steps to those that take it."""

    takes_mask = True

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, …) → the output of the last module. mask: bool (N, L), which steps are valid; None if all are."""
        for module in self:
            if mask is None:
                x = module(x)
            else:
                x = module(x, mask) if getattr(module, "takes_mask", False) else module(x)
                mask = mask_after(module, mask)
        return x

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor | None:
        """The mask of its output; None if that has no steps."""
        after: torch.Tensor | None = mask
        for module in self:
            after = None if after is None else mask_after(module, after)
        return after


class Network(Chain):
    """A chain that finds out by itself which steps are valid, so that it is a function of one tensor.

    padding: what stands after the end of an input: "symbol" for symbol 0, "nan" for NaN; "none" if all inputs have the same length."""

    def __init__(self, *modules: nn.Module, padding: str = "none") -> None:
        super().__init__(*modules)
        self.padding = padding

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: symbols (N, L), numbers (N, L, F) or (N, …) → the output of the last module."""
        if self.padding == "symbol":
            mask = x != 0
        elif self.padding == "nan":
            mask = ~x.isnan().any(dim=2)
            x = x.masked_fill(~mask.unsqueeze(2), 0.0)
        return super().forward(x, mask)
