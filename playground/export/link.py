"""A spec as a share token and back: base64url(zlib(JSON)), short enough for an address bar.

Where that is long, zlib gets words that most experiments say (RFC 1950's preset dictionary): a network of 20 layers then takes about 150
characters instead of 400."""

import base64
import binascii
import json
import zlib

from playground.export.words import DICTIONARIES
from playground.parsing import parse_spec
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError, compact

LONG_CHARACTERS = 400
"""Tokens up to this length are plain zlib, which any tool can decompress."""


def to_token(spec: ExperimentSpec) -> str:
    """The spec without its defaults, as base64url text; `from_token(to_token(spec)) == spec`."""
    text = json.dumps(compact(spec), separators=(",", ":"), ensure_ascii=False)
    plain = _base64(zlib.compress(text.encode(), 9))
    if len(plain) <= LONG_CHARACTERS:
        return plain
    packer = zlib.compressobj(9, zdict=DICTIONARIES[-1])
    return _base64(packer.compress(text.encode()) + packer.flush())


def _dictionary(packed: bytes) -> bytes:
    """The dictionary whose checksum is in the header of compressed bytes (RFC 1950, section 2.2); any, if they name none of ours."""
    checksum = int.from_bytes(packed[2:6], "big")
    return next((words for words in DICTIONARIES if zlib.adler32(words) == checksum), DICTIONARIES[-1])


def _base64(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def from_token(token: str) -> ExperimentSpec:
    """The spec of a token; never decompresses more than the largest spec.

    Raises: SpecError if the link is incomplete, damaged, doubled, too large, or not from this app."""
    if len(token) > MAX_SPEC_BYTES:
        limit = MAX_SPEC_BYTES // 1000
        raise SpecError(f"link: must be at most {limit} kB, got {len(token) // 1000:,} kB; copy it again from its source")
    token = "".join(token.split())  # a long one may have been broken into lines on its way
    try:
        packed = base64.b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(zdict=_dictionary(packed))
        text = unpacker.decompress(packed, MAX_SPEC_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise SpecError("link: damaged or not from this app; copy the whole link again") from None
    if len(text) > MAX_SPEC_BYTES:
        raise SpecError("link: unpacks to more than the largest spec; it was not made by this app")
    if not unpacker.eof:
        raise SpecError("link: incomplete; copy the whole link again")
    if unpacker.unused_data:
        raise SpecError("link: contains more than one experiment, as if pasted twice; copy it again")
    return parse_spec(text)
