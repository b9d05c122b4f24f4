"""Whether PyTorch can update all parameters in one kernel."""

from collections.abc import Sequence

from torch import nn

_DEVICES = frozenset({"cpu", "cuda", "mps"})
"""Devices with fused SGD, Adam and AdamW in PyTorch 2.13."""


def can_fuse(parameters: Sequence[nn.Parameter]) -> bool:
    """Whether fused SGD, Adam and AdamW support these parameters: floating point, on a device with fused kernels."""
    return all(parameter.device.type in _DEVICES and parameter.is_floating_point() for parameter in parameters)
