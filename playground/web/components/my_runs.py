"""The list of a visitor's runs."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from playground.runs.overview import LONGEST_NAME, Overview
from playground.web.components.loader import component

Asked = dict[str, object]
"""{"do": "open", "reuse", "resume", "compare", "delete" or "rename", "runs": ids, "name": of the last one only, "nonce"}."""


def my_runs(overviews: Sequence[Overview], *, key: str, most_compared: int, on_asked_change: Callable[[], None]) -> None:
    """Rows with name, summary, sparkline, state, result and time, to search, filter, sort and select. Those that have not ended move.

    on_asked_change: called when the visitor asks for something, an `Asked` under "asked" of the component's value. Root: `.pg-my-runs`."""
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "summary": each.summary,
            "created": each.created.timestamp(),
            "deleted": each.delete_after and each.delete_after.timestamp(),
            **asdict(each.standing),
        }
        for each in overviews
    ]
    data = {"rows": rows, "most": most_compared, "longest": LONGEST_NAME}
    component("my_runs")(key=key, data=data, height="content", on_asked_change=on_asked_change)
