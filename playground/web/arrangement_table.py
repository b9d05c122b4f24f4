"""Which class each uploaded image has, as an HTML table of some files of every class."""

import html
from collections import Counter

from playground.catalog.messages import counted
from playground.own import Arrangement, shown

_MOST_ROWS = 30
_EACH = 2


def arrangement_table(reading: Arrangement) -> str:
    """The first files of every class in every part of a given split, and of those that are left out, with the reason."""
    has_parts = any(reading.parts)
    several = len({file.archive for file in reading.files}) > 1
    rows: list[str] = []
    seen = Counter[tuple[str, str]]()
    for file, label, part, reason in zip(reading.files, reading.classes, reading.parts, reading.reasons, strict=True):
        seen[label or reason, part] += 1
        if seen[label or reason, part] > _EACH or len(rows) == _MOST_ROWS:
            continue
        path = f"{file.archive} › {file.path}" if several and file.archive else file.path
        said = f"<td>{html.escape(shown(label))}</td>" if label else f'<td class="pg-read-gap">left out: {html.escape(reason)}</td>'
        rows.append(f"<tr><td>{html.escape(shown(path, 80))}</td>{said}{f'<td>{part}</td>' if has_parts else ''}</tr>")
    head = "".join(f'<th scope="col">{name}</th>' for name in ("File", "Class", *(("Set",) if has_parts else ())))
    rest = len(reading.files) - len(rows)
    more = f"<p>and {counted(rest, 'more file')}</p>" if rest else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="pg-read-rows" tabindex="0" role="region" aria-label="Files and their classes">{table}{more}</div>'
