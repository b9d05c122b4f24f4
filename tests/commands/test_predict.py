"""`predict`: digits, and files that are not images of digits."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from playground.catalog.datasets import Iris
from playground.network import build_model
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory
from tests.commands.calling import DIGITS, refused, run
from tests.predicting.runs import fitted_run, houses


def test_predict_reads_digits(digit_files):
    result = run("predict", DIGITS, *digit_files)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["image"] for line in lines] == [str(path) for path in digit_files]
    assert [line["label"] for line in lines] == list("0123456789")
    for line in lines:
        assert list(line["probabilities"]) == list("0123456789")
        assert sum(line["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert line["confidence"] == max(line["probabilities"].values()) == line["probabilities"][line["label"]]


def test_predict_fits_drawings_to_small_inputs_too(trained, digit_files):
    result = run("predict", trained[0], *digit_files)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 10


def _png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def test_predict_reports_bad_images_and_classifies_the_others(tmp_path, digit_files):
    contents = {"text.png": b"hello", "cut.png": digit_files[0].read_bytes()[:200], "blank.png": _png(np.zeros((50, 50), np.uint8))}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    bad = [tmp_path / "missing.png", tmp_path, *(tmp_path / name for name in contents)]
    result = run("predict", DIGITS, bad[0], digit_files[4], *bad[1:])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["label"] == "4"
    errors = result.stderr.splitlines()
    assert [str(path) in error for path, error in zip(bad, errors, strict=True)] == [True] * 5
    assert [
        words in error
        for words, error in zip(("no such", "not a file", "not an image", "cannot be read", "nothing drawn"), errors, strict=True)
    ] == [True] * 5


def test_a_run_that_is_missing_or_does_not_classify_images_is_an_error(tmp_path, digit_files):
    refused(run("predict", tmp_path / "nowhere", digit_files[0]), "no such run directory")
    refused(run("predict", tmp_path, digit_files[0]), "spec.json: is missing")
    spec = PRESETS["playground_2d"].spec
    directory = RunDirectory(tmp_path / "plane")
    directory.write_spec(spec)
    directory.write_weights(build_model(spec).state_dict())
    refused(run("predict", tmp_path / "plane", digit_files[0]), "is a PNG image, not a text table; save it as CSV")


def test_predict_says_when_the_network_has_diverged(tmp_path, digit_files):
    spec = PRESETS["mlp_784_256_10"].spec
    directory = RunDirectory(tmp_path)
    directory.write_spec(spec)
    directory.write_weights({name: torch.full_like(tensor, torch.nan) for name, tensor in build_model(spec).state_dict().items()})
    refused(run("predict", tmp_path, digit_files[0]), "diverged")
    refused(run("explain", tmp_path, digit_files[0], "--out", tmp_path / "heat.png"), "diverged")


@pytest.fixture
def rows_run(tmp_path):
    return fitted_run(tmp_path / "houses", houses()).directory


def test_rows_of_a_csv_file_are_predicted_in_units_of_the_target(rows_run, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("district,size\nsouth,50\nnorth,60\n")
    result = run("predict", rows_run, path)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["row"], line["price"]) for line in lines] == [(1, pytest.approx(100_000)), (2, pytest.approx(60_000))]
    assert result.stderr == ""


def test_rows_that_cannot_be_predicted_are_errors_and_the_others_are_predicted(rows_run, tmp_path):
    (tmp_path / "rows.csv").write_text("district,size,id\nsouth,50 m,a\n,60,b\nwest,60,c\nnorth,60,d\n")
    (tmp_path / "wrong.csv").write_text("size\n60\n")
    result = run("predict", rows_run, tmp_path / "rows.csv", tmp_path / "wrong.csv", tmp_path / "gone.csv")
    assert result.exit_code == 2
    assert [json.loads(line)["row"] for line in result.stdout.splitlines()] == [2, 4]
    for words in (
        "note: {}/rows.csv: Ignored the column “id”",
        "note: {}/rows.csv: “district”: 1 value (line 3) is missing",
        "error: {}/rows.csv: line 2: “size”: “50 m” is not a number",
        "error: {}/rows.csv: line 4: “district”: “west” is unknown; known are east, north, south",
        "error: {}/wrong.csv: the column “district” is missing; the file has size",
        "error: {}/gone.csv: No such file",
    ):
        assert words.format(tmp_path) in result.stderr
    assert "Traceback" not in result.stderr


def test_rows_of_a_packaged_table_have_probabilities(tmp_path):
    iris = fitted_run(tmp_path / "iris", Iris())
    (tmp_path / "rows.csv").write_text(",".join(Iris.features) + "\n5.1,3.5,1.4,0.2\n")
    result = run("predict", iris.directory, tmp_path / "rows.csv")
    line = json.loads(result.stdout)
    assert list(line["probabilities"]) == list(Iris().classes)
    assert line["confidence"] == line["probabilities"][line["label"]]
