"""The modules of attention. Each class needs nothing but torch: its source is copied into generated scripts."""

import torch
from torch import nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Every step looks at the steps of its own sequence and takes a weighted mean of them (Vaswani et al. 2017, arXiv:1706.03762).

    Its weights have the names and shapes of `nn.MultiheadAttention`. heads: how many weighted means each step takes, side by side.
    causal: whether a step sees only itself and earlier steps. rotary: whether queries and keys are rotated by their position, so that
    scores depend on distances (Su et al. 2021, arXiv:2104.09864)."""

    takes_mask = True

    def __init__(self, width: int, heads: int, causal: bool = False, rotary: bool = False) -> None:
        super().__init__()
        self.width, self.heads, self.causal, self.rotary = width, heads, causal, rotary
        self.in_proj_weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(3 * width, width)))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.zeros_(self.out_proj.bias)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, width) → the same shape. mask: bool (N, L), which steps are valid; outputs at other steps mean nothing."""
        query, key, value = self._queries_keys_values(x)
        seen = None
        if mask is not None and not self.causal:  # padding comes after the end, where a causal step does not look
            seen = (mask | ~mask.any(dim=1, keepdim=True))[:, None, None, :]  # a sequence without any step sees itself, as 0 / 0 is NaN
        out = F.scaled_dot_product_attention(query, key, value, attn_mask=seen, is_causal=self.causal)
        mixed: torch.Tensor = self.out_proj(out.transpose(1, 2).flatten(2))
        return mixed

    def _queries_keys_values(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x: (N, L, width) → three tensors (N, heads, L, width / heads)."""
        projected = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        split = projected.reshape(x.shape[0], x.shape[1], 3, self.heads, self.width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        if self.rotary:
            query, key = self._rotated(query), self._rotated(key)
        return query, key, value

    def _rotated(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, heads, L, D), where numbers 2i and 2i + 1 of step t are turned together by the angle t · 10000^(−2i / D)."""
        pairs = x.shape[3] // 2
        speeds = 10000 ** (-torch.arange(pairs, device=x.device) / pairs)
        angles = torch.arange(x.shape[2], device=x.device).unsqueeze(1) * speeds  # (L, D / 2)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=4).flatten(3)

    def observe(self, name: str, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """What is inside, for x (N, L, width). name: "attention" (N, heads, query, key), the weights of the means, where each row of a
        valid step sums to 1 and padding has 0; "query", "key" or "value" (N, heads, L, width / heads)."""
        query, key, value = self._queries_keys_values(x)
        if name != "attention":
            return {"query": query, "key": key, "value": value}[name]
        valid = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if mask is None else mask
        seen = valid[:, None, None, :] & valid[:, None, :, None]
        if self.causal:
            seen = seen & torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).tril()
        scores = query @ key.transpose(2, 3) / query.shape[3] ** 0.5
        return torch.where(seen, scores.masked_fill(~seen, float("-inf")).softmax(dim=3), 0)

    def extra_repr(self) -> str:
        return f"{self.width}, heads={self.heads}, causal={self.causal}, rotary={self.rotary}"


class TransformerBlock(nn.Module):
    """Attention between the steps, then two dense layers within each step, both added to their input and normalized before.

    Its weights have the names and shapes of `nn.TransformerEncoderLayer(norm_first=True, activation="gelu")`. hidden: units between the
    dense layers. dropout: applied to what is added, in training."""

    takes_mask = True

    def __init__(self, width: int, heads: int, hidden: int, causal: bool = False, dropout: float = 0.0, rotary: bool = False) -> None:
        super().__init__()
        self.hidden = hidden
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = SelfAttention(width, heads, causal, rotary)
        self.dropout1 = nn.Dropout(dropout)
        self.norm2 = nn.LayerNorm(width)
        self.linear1 = nn.Linear(width, hidden)
        self.activation = nn.GELU()
        self.linear2 = nn.Linear(hidden, width)
        self.dropout2 = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (N, L, width) → the same shape. mask: bool (N, L), which steps are valid; outputs at other steps mean nothing."""
        x = x + self.dropout1(self.self_attn(self.norm1(x), mask))
        out: torch.Tensor = x + self.dropout2(self.linear2(self.activation(self.linear1(self.norm2(x)))))
        return out

    def observe(self, name: str, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """What is inside its attention, for x (N, L, width), as of `SelfAttention`."""
        return self.self_attn.observe(name, self.norm1(x), mask)

    def extra_repr(self) -> str:
        inside = self.self_attn
        attention = f"heads={inside.heads}, causal={inside.causal}, rotary={inside.rotary}"
        return f"{inside.width}, {attention}, hidden={self.hidden}, dropout={self.dropout1.p}"
