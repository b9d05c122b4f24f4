"""PyTorch's modules for sequences (N, C, L), over steps × features instead: (N, L, F). The transposes are views, so weights, memory order
and results are PyTorch's own. Each class needs nothing but torch: its source is copied into generated scripts."""

import torch
from torch import nn


class Conv1d(nn.Conv1d):
    """nn.Conv1d over steps × features."""

    takes_mask = True

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, F) → (N, L', filters). mask: bool (N, L), which steps are valid; all others count as zeros."""
        if mask is not None:
            x = x.masked_fill(~mask.unsqueeze(2), 0.0)
        return super().forward(x.transpose(1, 2)).transpose(1, 2)

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor:
        """(N, L) → (N, L'): the steps that a sequence would have by itself."""
        zeros = self.kernel_size[0] - 1 if self.padding == "same" else 2 * int(self.padding[0])
        return mask[:, self.kernel_size[0] - 1 - zeros :: self.stride[0]]


class MaxPool1d(nn.MaxPool1d):
    """nn.MaxPool1d over steps × features."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → (N, ⌊L / size⌋, F)."""
        pooled: torch.Tensor = super().forward(x.transpose(1, 2))
        return pooled.transpose(1, 2)

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor:
        """(N, L) → (N, ⌊L / size⌋): the windows without padding."""
        size = self.kernel_size if isinstance(self.kernel_size, int) else self.kernel_size[0]
        return mask[:, size - 1 :: size]


class Upsample(nn.Upsample):
    """nn.Upsample over steps × features."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → (N, L · factor, F)."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)

    def mask_after(self, mask: torch.Tensor) -> torch.Tensor:
        """(N, L) → (N, L · factor)."""
        return mask.repeat_interleave(int(self.scale_factor), dim=1)  # type: ignore[arg-type]


class BatchNorm1d(nn.BatchNorm1d):
    """nn.BatchNorm1d over steps × features."""

    takes_mask = True

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, F) → the same shape. mask: bool (N, L), which steps are valid; in training, only these are normalized, together."""
        if mask is None or not self.training:
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        return torch.zeros_like(x).masked_scatter(mask.unsqueeze(2), super().forward(x[mask]))


class GroupNorm(nn.GroupNorm):
    """nn.GroupNorm over steps × features: each group is some features of all steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → the same shape."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class LayerNorm(nn.LayerNorm):
    """nn.LayerNorm over all steps × features, with weights of features × steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → the same shape."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class PReLU(nn.PReLU):
    """nn.PReLU over steps × features, with a slope per feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → the same shape."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Softmax(nn.Softmax):
    """nn.Softmax over the features of each step."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → the same shape."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Flatten(nn.Flatten):
    """nn.Flatten, feature by feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, L, F) → (N, F · L)."""
        return super().forward(x.transpose(1, 2))


class NumbersToSteps(nn.Module):
    """The numbers of a vector as steps of one feature."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, D) → (N, D, 1), in memory as (N, 1, D)."""
        return x.unsqueeze(1).transpose(1, 2)


class ToSteps(nn.Flatten):
    """The pixels or columns of an image as steps."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, C, H, W) → (N, H · W, C) from start_dim=2, (N, W, C · H) from start_dim=1 to end_dim=2."""
        return super().forward(x).transpose(1, 2)
