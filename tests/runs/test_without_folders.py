"""What visitors read names files, never the folders of the server."""

import pytest

from playground.runs.without_folders import without_folders


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/data/runs/w1/model.safetensors: cannot be written (No space left)", "model.safetensors: cannot be written (No space left)"),
        ("It could not be saved: /srv/data/x.json.", "It could not be saved: x.json."),
        ("sqlite:////srv/data/playground.db: database is locked", "playground.db: database is locked"),
        ("[Errno 2] No such file: '/srv/data'", "[Errno 2] No such file: 'data'"),
        ("postgresql+psycopg://me:***@db.lan:5432/runs: refused; check it", "the database: refused; check it"),
        (r"C:\Users\ada\data\x.db: cannot be read", "x.db: cannot be read"),
        ("see (/srv/data/x.db)", "see (x.db)"),
        ("https://example.org/a/b.html, 3/4 of a/b/c and 1 / 2", "https://example.org/a/b.html, 3/4 of a/b/c and 1 / 2"),
        ("network[3].branch[1]: must be at least 1", "network[3].branch[1]: must be at least 1"),
    ],
)
def test_folders_are_left_out(text: str, shown: str) -> None:
    assert without_folders(text) == shown
