"""Where PyTorch updates all parameters in one kernel."""

from collections.abc import Sequence

from torch import nn

_DEVICES = frozenset({"cpu", "cuda", "mps"})
"""Devices with fused SGD, Adam and AdamW in PyTorch 2.13."""


def can_fuse(parameters: Sequence[nn.Parameter]) -> bool:
    """Whether fused SGD, Adam and AdamW take these parameters: real numbers, on a device that has the kernels."""
    return all(parameter.device.type in _DEVICES and parameter.is_floating_point() for parameter in parameters)
