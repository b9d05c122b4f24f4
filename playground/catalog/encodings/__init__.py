"""How examples become inputs of a network, one file per kind of data; in the order of the filter on the Data page."""

from playground.catalog.encodings.base import Domain, Encoding, Picture, Typed, mean_and_deviation
from playground.catalog.encodings.images import ImageEncoding, pixels
from playground.catalog.encodings.rows import CurveEncoding, PointEncoding, RowEncoding
from playground.catalog.encodings.sequences import SequenceEncoding
from playground.catalog.encodings.symbols import SymbolEncoding, TextEncoding

ENCODINGS: tuple[type[Encoding], ...] = (
    ImageEncoding, PointEncoding, RowEncoding, CurveEncoding, SequenceEncoding, SymbolEncoding, TextEncoding,
)  # fmt: skip

__all__ = [
    "ENCODINGS", "CurveEncoding", "Domain", "Encoding", "ImageEncoding", "Picture", "PointEncoding", "RowEncoding",
    "SequenceEncoding", "SymbolEncoding", "TextEncoding", "Typed", "mean_and_deviation", "pixels",
]  # fmt: skip
