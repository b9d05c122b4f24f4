"""`settings`: values with their origins, without secrets."""

import json

from playground.settings.table import SETTINGS
from tests.commands.calling import python, refused, run


def test_every_setting_is_printed_with_its_origin(monkeypatch, tmp_path):
    file = tmp_path / "playground.toml"
    file.write_text('parallel_runs = 3\ndatabase = "postgresql://app:hunter2@host/db"\n')
    monkeypatch.setenv("PLAYGROUND_CONFIG", str(file))
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROWS", "5000")
    entries = {entry["name"]: entry for entry in json.loads(run("settings", "--json").stdout)}
    assert list(entries) == [setting.name for setting in SETTINGS]
    assert (entries["upload_rows"]["value"], entries["upload_rows"]["origin"]) == (5000, "environment")
    assert (entries["parallel_runs"]["value"], entries["parallel_runs"]["origin"]) == (3, str(file))
    assert (entries["upload_files"]["value"], entries["upload_files"]["origin"]) == (20_000, "default")
    text = run("settings").stdout
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.startswith("  ")}
    assert lines["parallel_runs"] == ["3", "runs", str(file)]
    assert lines["upload_rows"] == ["5_000", "rows", "environment"]
    assert "hunter2" not in text + json.dumps(entries)


def test_mistakes_are_named_and_a_misspelled_variable_is_warned_about(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROW", "5")
    result = run("settings")
    assert result.exit_code == 0
    assert "warning: PLAYGROUND_UPLOAD_ROW: there is no such setting; did you mean PLAYGROUND_UPLOAD_ROWS?" in result.stderr
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROWS", "many")
    refused(run("settings"), "PLAYGROUND_UPLOAD_ROWS: must be a positive integer, got 'many'")


def test_it_needs_nothing_heavy():
    code = "import sys; from playground.__main__ import main; main(['settings'], standalone_mode=False); print('torch' in sys.modules)"
    assert python("-c", code).stdout.splitlines()[-1] == "False"
