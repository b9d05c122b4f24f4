"""The visit's values and the widgets share Streamlit's session state: a value named like a widget is deleted with the widget."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.web import session

VALUES = set(re.findall(r'session_state(?:\.get\(|\[)"(\w+)"', Path(session.__file__).read_text()))


@pytest.mark.parametrize("page", ["home", "data", "playground", "draw", "explain"])
def test_no_widget_has_the_name_of_a_value_of_the_visit(visit: Callable[..., AppTest], page: str) -> None:
    app = visit(page)
    keys = set(app.session_state._state._state._key_id_mapper.id_key_mapping.values())
    assert keys, "every page has a widget with a key"
    assert not keys & VALUES
