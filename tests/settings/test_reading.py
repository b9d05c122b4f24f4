"""Settings: the environment before the file, the file before the default, and mistakes named with their place."""

import os
from pathlib import Path

import pytest

from playground.settings import SettingsError, environment, origins, settings, unknown_variables
from playground.settings.table import SETTINGS


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`playground.toml` of the folder where the server starts, which sets no variables."""
    for name in os.environ:
        if name.startswith("PLAYGROUND_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "playground.toml"


def test_without_variables_and_file_all_settings_have_their_defaults(file: Path) -> None:
    assert settings().data == Path(".playground")
    assert settings().parallel_runs == os.cpu_count()
    assert {setting.name: getattr(settings(), setting.name) for setting in SETTINGS} == {each.name: each.default for each in SETTINGS}
    assert set(origins().values()) == {"default"}


def test_the_environment_counts_before_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('data = "/srv/data"\nparallel_runs = 3\nupload_rows = 5_000\ndownloads = ""\n')
    monkeypatch.setenv("PLAYGROUND_PARALLEL_RUNS", " 7 ")
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROWS", "")
    current = settings()
    assert (current.data, current.parallel_runs, current.upload_rows, current.downloads) == (Path("/srv/data"), 7, 5000, None)
    assert {name: origin for name, origin in origins().items() if origin != "default"} == {
        "data": str(file), "parallel_runs": "environment", "upload_rows": str(file)
    }  # fmt: skip


def test_another_file_can_be_named(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    monkeypatch.setenv("PLAYGROUND_CONFIG", str(other))
    with pytest.raises(SettingsError, match=r"PLAYGROUND_CONFIG: there is no file .*other\.toml"):
        settings()
    other.write_text("max_parameters = 11")
    assert settings().max_parameters == 11


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("paralel_runs = 3", "paralel_runs: there is no such setting; did you mean parallel_runs?"),
        ("[upload]\nrows = 3", "upload: there is no such setting"),
        ("parallel_runs = 0", "parallel_runs: must be a positive integer, got 0"),
        ("parallel_runs = true", "parallel_runs: must be a positive integer, got true"),
        ("parallel_runs = 1.5", "parallel_runs: must be a positive integer, got 1.5"),
        ("upload_rows = [1]", "upload_rows: must be a positive integer, got 1"),
        ("data = 5", "data: must be the path of a folder, got 5"),
        ('downloads = "ftp://x"', "downloads: must start with http:// or https://, got 'ftp://x'"),
        ("parallel_runs 3", "is not TOML"),
        ("# \udcff", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_names_file_key_rule_and_value(file: Path, content: str, message: str) -> None:
    file.write_text(content, errors="surrogateescape")
    with pytest.raises(SettingsError) as error:
        settings()
    assert str(error.value).startswith(f"{file}: {message}")


def test_all_mistakes_are_reported_together(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("upload_row = 1\nupload_files = -1")
    monkeypatch.setenv("PLAYGROUND_UPLOAD_CELLS", "1e6")
    with pytest.raises(SettingsError) as error:
        settings()
    assert str(error.value).splitlines() == [
        f"{file}: upload_row: there is no such setting; did you mean upload_rows?",
        f"{file}: upload_files: must be a positive integer, got -1",
        "PLAYGROUND_UPLOAD_CELLS: must be a positive integer, got '1e6'",
    ]


def test_a_worker_gets_the_same_settings(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('max_parameters = 11\nupload_rows = 12\ndata = "here"')
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROWS", "13")
    expected, variables = settings(), environment()
    elsewhere = tmp_path / "worker"
    elsewhere.mkdir()
    (elsewhere / "playground.toml").write_text("max_parameters = 99")
    monkeypatch.chdir(elsewhere)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    assert settings() == expected


def test_variables_that_might_be_misspelled_are_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROW", "5")
    monkeypatch.setenv("PLAYGROUND_CONFIG", "")
    assert unknown_variables() == ("PLAYGROUND_UPLOAD_ROW: there is no such setting; did you mean PLAYGROUND_UPLOAD_ROWS?",)
