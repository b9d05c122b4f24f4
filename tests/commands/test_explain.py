"""`explain`: the heat map, its numbers, and wrong arguments."""

import json

import pytest
from PIL import Image

from playground.explain.methods import METHODS
from tests.commands.calling import DIGITS, refused, run


def test_the_help_names_every_method():
    assert METHODS.kinds()
    assert all(kind in run("explain", "--help").stdout for kind in METHODS.kinds())


@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "grad_cam", "occlusion"])
def test_explain_writes_a_heat_map_and_prints_its_numbers(tmp_path, digit_files, method):
    result = run("explain", DIGITS, digit_files[7], "--method", method, "--out", tmp_path / "heat.png")
    assert result.exit_code == 0, result.output
    line = json.loads(result.stdout)
    assert (line["method"], line["target"], line["out"]) == (method, "7", str(tmp_path / "heat.png"))
    assert (line["delta"] is None) == (method != "integrated_gradients")
    assert line["low"] == (0 if method == "grad_cam" else -line["high"])
    with Image.open(tmp_path / "heat.png") as image:
        assert image.format == "PNG"
        assert len(image.getcolors(1_000_000)) > 20


def test_explain_takes_settings_and_a_target(tmp_path, digit_files):
    heat = ("--out", tmp_path / "heat.png")
    rough = json.loads(run("explain", DIGITS, digit_files[3], "--target", "5", "--set", "n_steps=4", *heat).stdout)
    fine = json.loads(
        run("explain", DIGITS, digit_files[3], "--target", "5", "--set", "n_steps=400", "--set", "baseline=mean", *heat).stdout
    )
    assert rough["target"] == fine["target"] == "5"
    assert rough["output"] == pytest.approx(fine["output"])
    assert abs(fine["delta"]) < abs(rough["delta"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--method", "grad_cm"), "did you mean 'grad_cam'?"),
        (("--target", "11"), "unknown class '11'"),
        (("--set", "n_steps=0"), "n_steps: must be at least 2, got 0"),
        (("--set", "steps=9"), "n_steps"),
        (("--set", "n_steps"), "NAME=VALUE"),
        (("--set", "target=3"), "NAME=VALUE"),
        (("--method", "grad_cam", "--set", "layer=99"), "layer: unknown '99'"),
    ],
)
def test_wrong_arguments_are_errors(tmp_path, digit_files, options, words):
    refused(run("explain", DIGITS, digit_files[0], *options, "--out", tmp_path / "heat.png"), words)
    assert not (tmp_path / "heat.png").exists()


def test_an_output_file_that_cannot_be_written_is_named(tmp_path, digit_files):
    refused(run("explain", DIGITS, digit_files[0], "--out", tmp_path / "no" / "such" / "heat.png"), "heat.png")
