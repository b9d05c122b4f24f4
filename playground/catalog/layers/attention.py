"""Attention: each step looks at the others."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.attention_modules import SelfAttention
from playground.catalog.layers.attention_modules import TransformerBlock as TransformerBlockModule
from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.weights import Freezable
from playground.catalog.tensors import SEQUENCE, Axes, TensorSpec


class _Heads(Freezable):
    """A layer with attention in it."""

    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)
    observes: ClassVar[tuple[str, ...]] = ("output", "attention", "query", "key", "value")

    heads: int = Field(
        4, ge=1, le=64, title="Heads", description="How many things each step can look for at once; must divide the number of features"
    )
    causal: bool = Field(
        False, title="Causal", description="Each step sees only itself and earlier ones, as it must to predict what comes next"
    )

    @property
    def sees_later_steps(self) -> bool:
        return not self.causal

    def checked(self, x: TensorSpec) -> int:
        """The number of features. Raises: ValueError if they cannot be divided among the heads."""
        width = x.depth
        if width % self.heads:
            raise ValueError(f"{width} features cannot be divided among {self.heads} heads of equal size")
        if x.rotary and width // self.heads % 2:
            raise ValueError(f"rotary positions turn pairs of features, and each of its {self.heads} heads has {width // self.heads}")
        return width

    def suggestion(self, x: TensorSpec) -> "tuple[str, Layer] | None":
        width, multiple = x.depth, 2 if x.rotary else 1
        heads = next((count for count in range(min(self.heads, width), 0, -1) if width % (count * multiple) == 0), None)
        if heads is None or heads == self.heads:
            return None
        return f"Use {heads} head{'s' if heads > 1 else ''}", self.model_copy(update={"heads": heads})


class Attention(_Heads):
    """Every step looks at all steps of its sequence and takes a mean of them, weighted by how well they fit what it looks for.

    Several heads do so side by side, each with queries, keys and values of its own. To also keep each step itself, put it into a residual
    block, or use a transformer block. Steps have no order for it: add positions before.
    Shape: (N, L, features), unchanged."""

    title: ClassVar[str] = "Self-attention"
    source: ClassVar[str] = "Vaswani et al. 2017, NeurIPS, arXiv:1706.03762"
    formula: ClassVar[str] = "y = softmax(Q·Kᵀ/√d)·V, then weighted sums"
    beginners: ClassVar[str] = "Lets every step look at the others, such as a word at the words it refers to, and learns where to look"
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "multi-head MHA attn transformer GPT BERT query key value text"
    stands_in_for: ClassVar[str] = "cross-attention, additive Bahdanau attention, linear attention"

    kind: Literal["attention"] = "attention"

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(SelfAttention(self.checked(x), self.heads, self.causal, x.rotary))


class TransformerBlock(_Heads):
    """Attention between the steps, then two dense layers within each step. Both are normalized before and added to their input.

    Transformers such as GPT, BERT and vision transformers are stacks of it. A layer normalization usually follows the last one.
    Shape: (N, L, features), unchanged."""

    title: ClassVar[str] = "Transformer block"
    source: ClassVar[str] = "Vaswani et al. 2017, arXiv:1706.03762; normalized before: Xiong et al. 2020, ICML, arXiv:2002.04745"
    formula: ClassVar[str] = "h = x + attention(norm(x)), y = h + dense(norm(h))"
    beginners: ClassVar[str] = (
        "Attention and two dense layers with a shortcut around each: what GPT and other language models are stacked from"
    )
    group: ClassVar[Group] = "Block"
    changes: ClassVar[Mapping[str, tuple[str, ...]]] = {"dropout": ("dropout1.p", "dropout2.p")}
    keywords: ClassVar[str] = "encoder decoder layer multi-head self-attention GPT BERT ViT language model text"
    stands_in_for: ClassVar[str] = "Mamba state space SSM, Swin"

    kind: Literal["transformer_block"] = "transformer_block"
    expansion: int = Field(
        4, ge=1, le=8, title="Expansion", description="How many times more units there are between the two dense layers than features",
        json_schema_extra={"finer": True},
    )  # fmt: skip
    dropout: float = Field(
        0.1, ge=0, le=0.9, title="Dropout", description="Share of the numbers it adds that are switched off in each training step",
        json_schema_extra={"finer": True},
    )  # fmt: skip

    def build(self, x: TensorSpec) -> nn.Module:
        width = self.checked(x)
        return self.settled(TransformerBlockModule(width, self.heads, self.expansion * width, self.causal, self.dropout, x.rotary))
