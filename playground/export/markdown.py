"""Markdown in which names stay text, whatever they hold."""

import html
import re
from collections.abc import Sequence

from playground.export.diagram.marks import plain

_MEANINGFUL = re.compile(r"[\\`*_{}\[\]#|~$^=@]|:(?=//)|(?<=www)\.|^[-+!]|(?<=^\d)[.)](?=\s|$)|(?<=^\d\d)[.)](?=\s|$)", re.IGNORECASE)


def text(words: object) -> str:
    """On one line, as it is written: without markup, HTML or links of its own."""
    return html.escape(_MEANINGFUL.sub(r"\\\g<0>", plain(str(words))), quote=False)


def table(head: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> list[str]:
    """Lines of a table; whatever the cells hold stays within them. right: columns of numbers."""
    rule = ["---:" if place in right else "---" for place in range(len(head))]
    return ["| " + " | ".join(cells) + " |" for cells in (head, rule, *([text(cell) for cell in row] for row in rows))]
