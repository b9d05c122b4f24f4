"""docs/security.md names a test for every threat: each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[^`:]+)(?:::([^`]+))?`", PAGE)
    assert len(named) > 25
    for file, test in named:
        assert (ROOT / file).exists(), file
        assert not test or f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"


def test_every_line_of_a_table_of_attempts_names_one() -> None:
    tables = re.findall(r"^\| (?:Attempt|Fault) .*?(?=\n\n)", PAGE, re.DOTALL | re.MULTILINE)
    assert len(tables) == 6
    for row in (row for table in tables for row in table.splitlines()[2:]):
        assert "tests/" in row or row.endswith("| the same |"), row
