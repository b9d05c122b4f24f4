"""How many zeros a convolution puts around its input."""

from typing import Literal

Padding = Literal["same", "valid"]


def filter_padding(padding: Padding, kernel: int, stride: int) -> int | str:
    """PyTorch's `padding` for a filter of this length: none for "valid"; for "same" as many on both sides as keep the size at stride 1.

    An even filter at stride 1 needs one zero more on one side, which only PyTorch's own "same" does."""
    if padding == "valid":
        return 0
    return "same" if kernel % 2 == 0 and stride == 1 else (kernel - 1) // 2
