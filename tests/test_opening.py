"""Specs from files, run directories, presets and links."""

from pathlib import Path

import pytest

from playground.opening import load_spec
from playground.presets import PRESETS
from playground.spec import SpecError


def test_from_a_file_and_from_a_run_directory(tmp_path: Path) -> None:
    spec = PRESETS["lenet5"].spec
    (tmp_path / "spec.json").write_text(spec.to_json())
    assert load_spec(tmp_path / "spec.json") == spec == load_spec(str(tmp_path))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("small_cn", "did you mean 'small_cnn'?"),
        ("nothing.json", "no such file, share link or preset"),
        ("https://example.org/playground", "holds \\?spec="),
        ("https://[broken", "holds \\?spec="),
        ("x" * 5000, "link: damaged"),
        ("a\0b", "no such file"),
        ("", "no such file|cannot be read"),
    ],
)
def test_what_names_nothing_is_refused_with_a_remedy(source: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match=words):
        load_spec(source)


def test_a_broken_file_names_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    path.write_text('{"data": {"kind": "mnist_sample"}, "network": [{"kind": "dense", "units": 0}], "loss": {"kind": "mse"}}')
    with pytest.raises(SpecError, match=r"experiment\.json: network\[0\]\.units: must be at least 1, got 0"):
        load_spec(path)
