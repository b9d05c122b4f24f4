"""An uploaded table as HTML: its first rows, and a summary of each column."""

import html
from itertools import islice

from playground.own import Column, TableChoices, TableDraft, TableFormat
from playground.own.encodings import opened
from playground.web.svg import svg_image

_MOST_COLUMNS = 40
_ROWS = 8
_WIDE, _HIGH = 100.0, 34.0
_LINES, _MOST_LINES, _LINE = 8, 30, 160
_ROLES = {"names": "names", "out": "left out", "row": "row"}
_KINDS = {"number": "numbers", "category": "categories", "date": "dates", "empty": "empty"}


def first_rows(draft: TableDraft) -> str:
    """The first rows; missing values are marked."""
    names = [column.name for column in draft.columns[:_MOST_COLUMNS]]
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, row[: len(names)]))}</tr>" for row in draft.first_rows(_ROWS))
    more = len(draft.columns) - len(names)
    rest = f"<p>and {more:,} more column{'s' if more > 1 else ''}</p>" if more > 0 else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="pg-read-rows" tabindex="0" role="region" aria-label="First rows">{table}{rest}</div>'


def file_lines(content: bytes, table: TableFormat) -> str:
    """The first lines of the file with their numbers, and what each one is."""
    lines = islice(opened(content, table.encoding), max(_LINES, min(table.first_row + 2, _MOST_LINES)))
    body = "".join(_line(number, line, _role(number, line, table)) for number, line in enumerate(lines, start=1))
    return f'<div class="pg-read-rows pg-read-lines" tabindex="0" role="region" aria-label="Lines of the file"><table>{body}</table></div>'


def _line(number: int, line: str, role: str) -> str:
    text = html.escape(line[:_LINE].rstrip())
    return f'<tr class="pg-line-{role}"><th scope="row">{number}</th><td>{_ROLES[role]}</td><td><code>{text}</code></td></tr>'


def _role(number: int, line: str, table: TableFormat) -> str:
    if number in table.header:
        return "names"
    is_comment = bool(table.comment) and line.lstrip().startswith(table.comment)
    return "out" if number < table.first_row or number in table.left_out or is_comment or not line.strip() else "row"


def columns_overview(draft: TableDraft, choices: TableChoices) -> str:
    """One figure per column: histogram, type, number of missing values, and how it is used."""
    shown = draft.columns[:_MOST_COLUMNS]
    figures = "".join(_figure(column, _use(column, choices)) for column in shown)
    more = len(draft.columns) - len(shown)
    rest = f"<p>and {more:,} more column{'s' if more > 1 else ''}, not shown</p>" if more > 0 else ""
    return f'<div class="pg-read-columns">{figures}</div>{rest}'


def _cell(text: str) -> str:
    return f"<td>{html.escape(text)}</td>" if text else '<td class="pg-read-gap">missing</td>'


def _use(column: Column, choices: TableChoices) -> str:
    if column.position == choices.target:
        return "target"
    return "left out" if column.position in choices.dropped or column.kind == "empty" else ""


def _figure(column: Column, use: str) -> str:
    bars = column.histogram()
    highest = max(bars.counts, default=1) or 1
    width = _WIDE / max(1, len(bars.counts))
    drawn = "".join(
        f'<rect class="bar of-train" x="{index * width:.2f}" y="{_HIGH * (1 - count / highest):.2f}" width="{0.86 * width:.2f}" '
        f'height="{_HIGH * count / highest:.2f}"/>'
        for index, count in enumerate(bars.counts)
    )
    text = "; ".join(f"{label}: {count:,}" for label, count in zip(bars.labels, bars.counts, strict=True))
    picture = svg_image(_WIDE, _HIGH, drawn, f"{column.name}. {text}"[:600], "column")
    name = html.escape(column.name)
    facts = [_KINDS[column.kind], f"{column.distinct:,} distinct"]
    if column.missing:
        facts.append(f"<b>{column.missing:,} missing</b>")
    mark = f'<span class="pg-read-use">{use}</span>' if use else ""
    words = f"<strong>{name}</strong>{mark}<span>{' · '.join(facts)}</span>"
    return f'<figure class="{"pg-read-out" if use == "left out" else "pg-read-in"}">{picture}<figcaption>{words}</figcaption></figure>'
