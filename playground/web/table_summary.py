"""An uploaded table as HTML: its first rows, and a summary of each column."""

import html

from playground.own import Column, TableChoices, TableDraft
from playground.web.svg import svg_image

_MOST_COLUMNS = 40
_ROWS = 8
_WIDE, _HIGH = 100.0, 34.0
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
