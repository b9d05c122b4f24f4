"""Layers that begin, mark and end sequences."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import ADDED, WEIGHTED_SUM, Grid, Group, Layer, Steps
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.layers.sequence_modules import ClassToken as ClassTokenModule
from playground.catalog.layers.sequence_modules import LearnedPositions, SinusoidalPositions, SymbolTable
from playground.catalog.layers.sequence_modules import Patches as PatchesModule
from playground.catalog.layers.sequence_modules import SequencePool as SequencePoolModule
from playground.catalog.layers.weights import Freezable, Weighted
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, Axes, TensorSpec


class Embedding(Freezable):
    """Gives every symbol, such as a character or a word, a vector of its own, which is learned; padding has zeros.

    Shape: (N, L) symbols → (N, L, width)."""

    title: ClassVar[str] = "Embedding"
    source: ClassVar[str] = "Bengio et al. 2003, JMLR 3:1137"
    formula: ClassVar[str] = "y = the row of its table for symbol x"
    beginners: ClassVar[str] = "Turns each word or character into a list of numbers; words that are used alike get similar numbers"
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "word vector token text symbols vocabulary lookup table"
    needs: ClassVar[tuple[Axes, ...]] = (("length",),)
    takes_symbols: ClassVar[bool] = True
    stands_in_for: ClassVar[str] = "one-hot, embedding bag"

    kind: Literal["embedding"] = "embedding"
    width: int = Field(32, ge=1, le=4096, title="Width", description="How many numbers stand for each symbol")

    def axes_after(self, x: TensorSpec) -> Axes:
        return SEQUENCE

    def build(self, x: TensorSpec) -> nn.Module:
        if x.vocabulary is None:
            raise ValueError("it turns symbols, such as characters or words, into numbers, and these are numbers already")
        return self.settled(SymbolTable(x.vocabulary, self.width))


class Positions(Freezable):
    """Tells the layers after it where in the sequence each step is, which attention cannot see by itself.

    “learned” adds a learned vector for each position, “sinusoidal” adds waves of different lengths. “rotary” adds nothing here: each
    attention after it turns its queries and keys by their positions, so that it sees distances.
    Shape: (N, L, features), unchanged."""

    title: ClassVar[str] = "Positions"
    source: ClassVar[str] = (
        "Learned: Gehring et al. 2017, arXiv:1705.03122; sinusoidal: Vaswani et al. 2017, arXiv:1706.03762; rotary: Su et al. 2021, "
        "arXiv:2104.09864"
    )
    formula: ClassVar[str] = "y = x + the vector of its position"
    beginners: ClassVar[str] = "Tells attention which step comes first, second, third and so on; without it, the order would not matter"
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "positional encoding position embedding RoPE transformer GPT attention order"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)

    kind: Literal["positions"] = "positions"
    how: Literal["learned", "sinusoidal", "rotary", "none"] = Field(
        "learned",
        title="How",
        description="Add learned vectors or fixed waves; turn queries and keys in the attention that follows; or do nothing, to compare",
    )

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        if self.how == "learned":
            return ANY
        return inside.added(Range(-1.0, 1.0)) if self.how == "sinusoidal" else inside

    def rotates(self, x: TensorSpec) -> bool:
        return x.rotary or self.how == "rotary"

    def build(self, x: TensorSpec) -> nn.Module:
        if self.how == "learned":
            return self.settled(LearnedPositions(x.size("length"), x.depth))
        return SinusoidalPositions() if self.how == "sinusoidal" else nn.Identity()


class Patches(Weighted):
    """Cuts an image into squares and turns each into one step of a sequence: weighted sums of its pixels. Vision transformers begin so.

    Shape: (N, C, H, W) → (N, ⌊H / size⌋ · ⌊W / size⌋, width), row by row."""

    title: ClassVar[str] = "Image patches"
    source: ClassVar[str] = "Dosovitskiy et al. 2021, ICLR, arXiv:2010.11929"
    formula: ClassVar[str] = WEIGHTED_SUM
    beginners: ClassVar[str] = (
        "Cuts an image into small squares and makes each a step, so that attention can look from one square to another"
    )
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "vision transformer ViT attention tokens"
    needs: ClassVar[tuple[Axes, ...]] = (IMAGE,)

    kind: Literal["patches"] = "patches"
    size: int = Field(4, ge=1, le=64, title="Size", description="Side length of each square", json_schema_extra={"unit": "px"})
    width: int = Field(32, ge=1, le=4096, title="Width", description="How many numbers stand for each square")

    def axes_after(self, x: TensorSpec) -> Axes:
        return SEQUENCE

    def grid(self, x: TensorSpec) -> Grid:
        height, width = x.size("height"), x.size("width")
        rows, columns = height // self.size, width // self.size
        return Grid(rows, columns, rows * self.size / height, columns * self.size / width)

    def build(self, x: TensorSpec) -> nn.Module:
        height, width = x.size("height"), x.size("width")
        if self.size > min(height, width):
            raise ValueError(f"a patch of {self.size}×{self.size} pixels does not fit into an image of {height}×{width}")
        return self.settled(PatchesModule(x.depth, self.width, self.size, self.bias))

    def suggestion(self, x: TensorSpec) -> tuple[str, Layer]:
        height, width = x.size("height"), x.size("width")
        largest = max(1, min(height, width) // 2)  # at least two of them in a row
        size = next((side for side in range(largest, 1, -1) if height % side == width % side == 0), largest)
        return f"Use patches of {size}×{size}", self.model_copy(update={"size": size})


class ClassToken(Freezable):
    """Puts a learned step before the first one. Attention gathers there what the whole sequence is about; pooling “first” reads it.

    Shape: (N, L, features) → (N, L + 1, features)."""

    title: ClassVar[str] = "Class token"
    source: ClassVar[str] = "Devlin et al. 2019, NAACL, arXiv:1810.04805"
    formula: ClassVar[str] = "y = a learned step, then x"
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "CLS BERT ViT transformer attention"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)

    kind: Literal["class_token"] = "class_token"

    def steps_after(self, steps: Steps, y: TensorSpec) -> Steps:
        return (ADDED, *steps) if steps else ()

    def build(self, x: TensorSpec) -> nn.Module:
        return self.settled(ClassTokenModule(x.depth))


class SequencePool(Layer):
    """Makes one vector of a sequence: the mean or the maximum of its steps, or the first or the last of them. Padding does not count.

    Shape: (N, L, features) → (N, features)."""

    title: ClassVar[str] = "Sequence pooling"
    source: ClassVar[str] = "Collobert et al. 2011, JMLR 12:2493"
    formula: ClassVar[str] = "y = one of all steps x: mean, largest, first or last"
    beginners: ClassVar[str] = (
        "Makes one list of numbers from all steps of a sequence, for example their mean, so that an answer can follow"
    )
    group: ClassVar[Group] = "Sequence"
    keywords: ClassVar[str] = "global average max mean first last step"
    needs: ClassVar[tuple[Axes, ...]] = (SEQUENCE,)
    stands_in_for: ClassVar[str] = "global average pooling 1D"

    kind: Literal["sequence_pool"] = "sequence_pool"
    how: Literal["mean", "max", "first", "last"] = Field(
        "mean", title="How", description="Mean or maximum of every feature over the steps, or the first or last step"
    )

    def axes_after(self, x: TensorSpec) -> Axes:
        return VECTOR

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        pooled = inside.reordered()
        return pooled.joined(Range(0.0, 0.0)) if x.varies else pooled  # of a sequence without any step, zeros

    def build(self, x: TensorSpec) -> nn.Module:
        return SequencePoolModule(self.how)
