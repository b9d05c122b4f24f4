"""Base class of all catalog entries, frozen values with a `kind`, and the registry of a family in menu order."""

import difflib
import inspect
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Field

_NAMES = frozenset({"Adadelta", "Adagrad", "Adam", "Dice", "Gaussian", "Huber", "Japanese", "Lion", "Mish"})
"""Words of titles that keep their capital letter within a sentence."""


class Variant(BaseModel):
    """One option that users can choose.

    Its fields carry range, title, help and unit; forms, checks, docs and tests are derived from them. The first
    paragraph of its docstring is its help text. To change it, make a copy: `value.model_copy(update=…)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    title: ClassVar[str]
    source: ClassVar[str]
    kind: str = ""

    @classmethod
    def help(cls) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())

    @classmethod
    def spoken(cls) -> str:
        """The title within a sentence: "cross-entropy", but "KL divergence", "leaky ReLU", "convolution 2D", "Huber"."""
        return " ".join(word.lower() if word[1:].islower() and word not in _NAMES else word for word in cls.title.split(" "))

    @classmethod
    def name(cls) -> str:
        """The `kind` that identifies this variant in files and links."""
        return str(cls.model_fields["kind"].default)


V = TypeVar("V", bound=Variant)


class Registry(Generic[V]):
    """The variants of one family, in menu order."""

    def __init__(self, family: str, *variants: type[V]) -> None:
        self.family = family
        self._by_kind = {variant.name(): variant for variant in variants}
        if len(self._by_kind) != len(variants) or "" in self._by_kind:
            raise ValueError(f"{family}: every variant needs a unique kind")

    def __iter__(self) -> Iterator[type[V]]:
        return iter(self._by_kind.values())

    def __len__(self) -> int:
        return len(self._by_kind)

    def __contains__(self, kind: object) -> bool:
        return kind in self._by_kind

    def __getitem__(self, kind: str) -> type[V]:
        """Raises: KeyError with the nearest known kind."""
        try:
            return self._by_kind[kind]
        except KeyError:
            raise KeyError(self.unknown(kind)) from None

    def kinds(self) -> list[str]:
        return list(self._by_kind)

    def unknown(self, kind: object) -> str:
        """Message for a kind that does not exist."""
        near = difflib.get_close_matches(str(kind)[:80], self._by_kind, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self._by_kind)}"
        return f"unknown {self.family} {str(kind)[:80]!r}; {hint}"

    def union(self) -> Any:
        """The type of a spec field that accepts any variant of the family: a union discriminated by `kind`."""
        variants = tuple(self._by_kind.values())
        return Annotated[Union[variants], Field(discriminator="kind")] if len(variants) > 1 else variants[0]  # noqa: UP007
