"""The vocabulary of your own text travels with everything that needs it, and with nothing else."""

import io
import json
import zipfile

import numpy as np
import onnx
import pytest

from playground.catalog.datasets import OwnText
from playground.export.bundle import to_zip
from playground.export.formats import FORMATS, ExportSource
from playground.export.link import from_token, to_token
from playground.export.onnx import to_onnx
from playground.export.own_data import data_file
from playground.export.script import to_script
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web.edits import replace_dataset
from tests.own.examples import own_dataset


def experiment(kind: str) -> ExperimentSpec:
    return replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset(kind)).spec


def symbols_of(spec: ExperimentSpec) -> list[str]:
    return list(spec.data.vocabulary.symbols)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["own_text", "own_corpus"])
def test_the_onnx_file_says_what_each_number_stands_for(kind: str) -> None:
    spec = experiment(kind)
    metadata = {prop.key: prop.value for prop in onnx.load_model_from_string(to_onnx(spec)).metadata_props}
    preprocessing = json.loads(metadata["preprocessing"])
    assert preprocessing["symbols"] == symbols_of(spec)
    assert preprocessing["unit"] == spec.data.unit  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["own_text", "own_corpus"])
def test_the_archive_has_it_for_the_script_which_reads_it(kind: str, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    spec = experiment(kind)
    archive = zipfile.ZipFile(io.BytesIO(to_zip(spec, [("train.py", "", to_script(spec).encode())])))
    archive.extractall(tmp_path)
    names = {"__name__": "train", "__file__": str(tmp_path / "train.py")}
    exec(compile((tmp_path / "train.py").read_text(), "train.py", "exec"), names)  # noqa: S102
    assert names["load_vocabulary"]() == symbols_of(spec)  # type: ignore[operator]


def test_specs_links_and_cards_have_only_its_size() -> None:
    spec = experiment("own_text")
    assert isinstance(spec.data, OwnText)
    words = [word for word in spec.data.vocabulary.symbols if len(word) > 4 and word.isalpha() and word not in ("complaint", "praise")]
    assert {"great", "awful"} <= set(words)
    for name in ("spec", "link", "card", "script", "diagram_svg"):
        text = FORMATS[name].export(ExportSource(spec, None, "http://localhost")).decode()
        assert not [word for word in ("great", "awful", "lovely") if word in text], name
    assert from_token(to_token(spec)).data == spec.data


def test_formats_that_contain_it_say_so() -> None:
    assert {name for name, format_ in FORMATS.items() if format_.vocabulary} == {"onnx", "bundle"}


def test_without_the_data_the_metadata_says_what_is_missing() -> None:
    spec = experiment("own_text")
    elsewhere = spec.model_copy(update={"data": spec.data.model_copy(update={"key": "0" * 64})})
    metadata = {prop.key: prop.value for prop in onnx.load_model_from_string(to_onnx(elsewhere)).metadata_props}
    assert "not on this server" in json.loads(metadata["preprocessing"])["missing"]


def test_the_data_file_has_all_that_was_uploaded() -> None:
    spec = experiment("own_series")
    found = data_file(spec.data)
    assert found is not None
    with np.load(io.BytesIO(found[1])) as arrays:
        assert arrays["inputs"].dtype == np.float64
        assert json.loads(str(arrays["description"]))["features"] == ["sales"]
