"""The text form cut into words and signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<separator>\||->|→)|(?P<line>\n)|(?P<semicolon>;)|(?P<open>\()|(?P<close>\))|(?P<equals>=)"
    r"|(?P<space>(?:[^\S\n]|,)+)|(?P<quoted>[\"“”][^\"“”\n]*+[\"“”])|(?P<word>(?:(?!->)[^\s|→;()=,])++)"
)


@dataclass(frozen=True)
class Token:
    """kind: separator, line, semicolon, open, close, equals, word, quoted or end. at: its first character in the text, from 0."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Without the spaces and commas between them, and with an `end`."""
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found.group(), found.start())
    yield Token("end", "", len(text))
