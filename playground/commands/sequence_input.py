"""A text or a sequence as input for the network of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.commands.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from playground.catalog.datasets import Dataset


@dataclass(frozen=True, eq=False)
class SequenceInput:
    """x: (1, L) or (1, L, F), as the network takes it. tokens: what each symbol of it was in the text; None for numbers. notes: what is not
    read as it stands there."""

    x: "Tensor"
    tokens: tuple[str, ...] | None
    notes: tuple[str, ...]


def read(data: "Dataset", file: Path | None, text: str | None) -> SequenceInput:
    """Reads the file or the text. Raises: UserError if it cannot be read, or neither or both are given."""
    import torch

    from playground.catalog.sequences.vocabulary import visible
    from playground.explain.typed import typed_steps

    encoding = data.encoding
    if (file is None) == (text is None):
        raise UserError(f"FILE: give either a text file or --text. {encoding.how_to_type}")
    source, written = ("--text", text or "") if file is None else (str(file), _content(file))
    try:
        typed = typed_steps(data, written)
    except ValueError as error:
        raise UserError(f"{source}: {error}. {encoding.how_to_type}") from None
    if not len(typed.steps):
        raise UserError(f"{source}: there is nothing to explain. {encoding.how_to_type}")
    symbols = zip(typed.tokens or (), typed.steps, strict=False)
    unknown = dict.fromkeys(visible(token) for token, symbol in symbols if symbol == encoding.unknown)
    notes = [typed.note, f"Not in the vocabulary: {' '.join(unknown)}" if unknown else ""]
    tokens = None if typed.tokens is None else tuple(typed.tokens)
    return SequenceInput(data.scaled(torch.from_numpy(typed.steps)[None]), tokens, tuple(filter(None, notes)))


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{file}: is not a text in UTF-8; this network reads text or sequences") from None
