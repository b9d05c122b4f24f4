"""Markdown in which names stay plain text, whatever characters they contain."""

import html
import re
from collections.abc import Sequence

from playground.export.diagram.marks import plain

_MEANINGFUL = re.compile(r"[\\`*_{}\[\]#|~$^=@]|:(?=//)|(?<=www)\.|^[-+!]|(?<=^\d)[.)](?=\s|$)|(?<=^\d\d)[.)](?=\s|$)", re.IGNORECASE)


def text(words: object) -> str:
    """The words on one line, with Markdown, HTML and links escaped."""
    return html.escape(_MEANINGFUL.sub(r"\\\g<0>", plain(str(words))), quote=False)


def table(head: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> list[str]:
    """The lines of a table, with escaped cells. right: the columns that are aligned right."""
    rule = ["---:" if column in right else "---" for column in range(len(head))]
    return ["| " + " | ".join(cells) + " |" for cells in (head, rule, *([text(cell) for cell in row] for row in rows))]
