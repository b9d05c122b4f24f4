"""Specs from files, run directories, presets and links."""

from pathlib import Path

import pytest

from playground.export.link import to_token
from playground.opening import load_spec, spec_of_text
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
        ("https://example.org/playground", "contains \\?spec="),
        ("https://[broken", "contains \\?spec="),
        ("x" * 5000, "link: damaged"),
        ("a\0b", "no such file"),
        ("", "no such file|cannot be read"),
    ],
)
def test_a_source_that_names_nothing_is_refused_with_a_suggestion(
    source: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match=words):
        load_spec(source)


def test_a_broken_file_names_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    path.write_text('{"data": {"kind": "mnist_sample"}, "network": [{"kind": "dense", "units": 0}], "loss": {"kind": "mse"}}')
    with pytest.raises(SpecError, match=r"experiment\.json: network\[0\]\.units: must be at least 1, got 0"):
        load_spec(path)


@pytest.mark.parametrize("name", PRESETS)
def test_what_somebody_pasted(name: str) -> None:
    spec = PRESETS[name].spec
    token = to_token(spec)
    for text in (
        name,
        token,
        f"?spec={token}",
        f"localhost:8501/playground?hide=data&spec={token}",
        spec.to_json(2),
        f" {token[:40]}\n{token[40:]}\n",
    ):
        assert spec_of_text(text) == spec


def test_what_somebody_pasted_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spec.json").write_text(PRESETS["lenet5"].spec.to_json())
    monkeypatch.chdir(tmp_path)
    for text in ("spec.json", str(tmp_path), str(tmp_path / "spec.json"), "file:///etc/passwd", "/etc/passwd"):
        with pytest.raises(SpecError):
            spec_of_text(text)


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "{" * 1_000_000, "?spec=" + "A" * 1_000_000, "relu | " * 100_000, "<script>alert(1)</script>"]
)
def test_a_long_or_foreign_text_is_refused_in_a_few_words(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        spec_of_text(text)
    assert len(str(caught.value)) < 500
