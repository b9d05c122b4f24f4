"""docs/settings.md, and the variables that messages and pages name."""

import re
from pathlib import Path

from playground.settings.table import SETTINGS
from scripts.settings_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_table_says() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run python -m scripts.settings_page"


def test_every_variable_that_is_named_anywhere_exists() -> None:
    files = [*(ROOT / "playground").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "app.py"]
    named = {name for file in files for name in re.findall(r"\bPLAYGROUND_[A-Z]+(?:_[A-Z]+)*", file.read_text(encoding="utf-8"))}
    assert named - {setting.variable for setting in SETTINGS} == {"PLAYGROUND_CONFIG"}
