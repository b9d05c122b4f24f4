"""How many zeros a convolution puts around its input."""

from typing import Literal

Padding = Literal["same", "valid"]


def filter_padding(padding: Padding, kernel: int, stride: int) -> int | str:
    """PyTorch's `padding` for a filter of this length: 0 for "valid"; for "same", what keeps the size at stride 1.

    An even filter at stride 1 needs one more zero on one side, which only PyTorch's own "same" adds."""
    if padding == "valid":
        return 0
    return "same" if kernel % 2 == 0 and stride == 1 else (kernel - 1) // 2
