"""`explain`: the heat map, its numbers, and wrong arguments."""

import csv
import json

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from playground.__main__ import main
from playground.explain import attribute
from playground.explain.methods import METHODS
from playground.runs.directory import load_run
from tests.commands.calling import DIGITS, refused, run, spec_file

SENTENCES, REVERSE = (DIGITS.with_name(name) for name in ("sentiment_attention", "reverse_transformer"))
SENTENCE = "The ending was not bad, zyzzyva!"


@pytest.fixture(scope="module")
def forecasts(tmp_path_factory):
    """The directory of a run that predicts two values from six."""
    place = tmp_path_factory.mktemp("forecasts")
    data = {"kind": "waves", "steps": 200, "window": 6, "horizon": 2, "standardise": True}
    network = [{"kind": "conv1d", "filters": 4}, {"kind": "relu"}, {"kind": "gru", "units": 4}, {"kind": "output"}]
    result = run("train", spec_file(place / "spec.json", data=data, network=network, loss={"kind": "mse"}), "--out", place / "run")
    assert result.exit_code == 0, result.output
    return place / "run"


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


@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "occlusion"])
def test_a_sentence_has_a_value_for_each_token(method):
    result = run("explain", SENTENCES, "--text", SENTENCE, "--method", method, "--json")
    line, loaded = json.loads(result.stdout), load_run(SENTENCES)
    assert line["tokens"] == ["the", "ending", "was", "not", "bad", ",", "zyzzyva", "!"]
    x = torch.from_numpy(loaded.spec.data.encoding.read(SENTENCE))[None]
    baseline = {} if method == "saliency" else {"baseline": "unknown", "unknown": loaded.spec.data.encoding.unknown}
    expected = attribute(loaded.class_model, x, method, **baseline)
    assert line["values"] == pytest.approx(expected.values[0].tolist())
    assert (line["target"], line["output"]) == (loaded.classes[expected.target], pytest.approx(expected.outputs[0]))
    assert (line["delta"] is None) == (method != "integrated_gradients")
    assert "note: Not in the vocabulary: zyzzyva" in result.stderr


def test_a_text_is_printed_token_by_token_in_color_where_there_is_any(tmp_path):
    (tmp_path / "sentence.txt").write_text(SENTENCE)
    plain = run("explain", SENTENCES, tmp_path / "sentence.txt")
    said = json.loads(run("explain", SENTENCES, "--text", SENTENCE, "--json").stdout)
    first, *rows, last = plain.stdout.splitlines()
    assert first == f"Integrated gradients: evidence for “{said['target']}”, output {said['output']:.4g}"
    assert [row.split() for row in rows] == [
        [str(step), f"{value:+.3g}", token] for step, (value, token) in enumerate(zip(said["values"], said["tokens"], strict=True), 1)
    ]
    assert last.startswith(f"adds up to {sum(said['values']):.4g}, off by ")
    assert "\x1b" not in plain.stdout
    shown = CliRunner().invoke(main, ["explain", str(SENTENCES), "--text", SENTENCE], color=True).stdout.splitlines()[1:-1]
    for row, value in zip(shown, said["values"], strict=True):
        red, _, blue = map(int, row.partition("48;2;")[2].partition("m")[0].split(";"))
        assert (blue > red) == (value > 0) or abs(value) < 0.1


def test_the_answer_of_a_step_is_explained(tmp_path):
    line = json.loads(
        run("explain", REVERSE, "--text", "1 2 3 4 5 6 7 8", "--step", "2", "--json", "--out", tmp_path / "values.csv").stdout
    )
    loaded = load_run(REVERSE)
    expected = attribute(loaded.class_model, torch.tensor([[2, 3, 4, 5, 6, 7, 8, 9]]), step=1)
    assert line["target"] == loaded.classes[expected.target] == "7"
    assert line["values"] == pytest.approx(expected.values[0].tolist())
    with (tmp_path / "values.csv").open() as file:
        names, *rows = csv.reader(file)
    assert names == ["step", "token", "value"]
    assert [(step, token, float(value)) for step, token, value in rows] == [
        (str(step), str(step), value) for step, value in enumerate(line["values"], 1)
    ]


def test_a_series_has_a_value_for_each_number(tmp_path, forecasts):
    (tmp_path / "series.csv").write_text("0.1\n0.4\n0.2\n-0.3\n-0.5\n0.0\n")
    options = (tmp_path / "series.csv", "--target", "2 steps ahead", "--method", "grad_cam", "--set", "positive=false")
    line = json.loads(run("explain", forecasts, *options, "--json", "--out", tmp_path / "values.csv").stdout)
    loaded = load_run(forecasts)
    x = loaded.encode(torch.tensor([[[0.1], [0.4], [0.2], [-0.3], [-0.5], [0.0]]]))
    expected = attribute(loaded.model, x, "grad_cam", 1, positive=False).values[0]
    assert line["features"] == ["Value"]
    assert torch.allclose(torch.tensor(line["values"]), expected)
    assert (tmp_path / "values.csv").read_text().splitlines()[0] == "step,Value"
    rows = run("explain", forecasts, *options).stdout.splitlines()
    assert rows[1].split() == ["Value"]
    assert [row.split() for row in rows[2:-1]] == [[str(step), f"{value:+.3g}"] for step, (value,) in enumerate(line["values"], 1)]


def test_of_a_text_that_is_too_long_the_network_reads_a_part():
    result = run("explain", REVERSE, "--text", "123456789", "--json")
    assert json.loads(result.stdout)["tokens"] == list("12345678")
    assert "only the first 8 of 9 count" in result.stderr


@pytest.mark.parametrize(
    ("directory", "options", "words"),
    [
        (SENTENCES, (), "give either a text file or --text"),
        (SENTENCES, (__file__, "--text", "good"), "give either a text file or --text"),
        (SENTENCES, ("no-such-file.txt",), "no-such-file.txt"),
        (SENTENCES, (DIGITS / "model.safetensors",), "is not a text in UTF-8"),
        (SENTENCES, ("--text", " "), "there is nothing to explain"),
        (SENTENCES, ("--text", "good", "--target", "great"), "unknown class 'great'; choose one of: complaint, praise"),
        (SENTENCES, ("--text", "good", "--method", "grad_cam"), "feature maps of a convolution"),
        (SENTENCES, ("--text", "good", "--step", "1"), "one answer per example"),
        (REVERSE, ("--text", "12x"), "“x” is not one of the symbols"),
        (REVERSE, ("--text", "123", "--step", "4"), "--step: must be a step from 1 to 3, got 4"),
        (DIGITS, ("--text", "7", "--out", "heat.png"), "this network reads no text"),
        (DIGITS, ("7.png",), "--out: give the file for the heat map"),
    ],
)
def test_input_that_does_not_fit_is_refused(directory, options, words):
    refused(run("explain", directory, *options), words)


def test_numbers_that_do_not_fit_are_refused(forecasts):
    refused(run("explain", forecasts, "--text", "0.1\n0.4 0.2"), "line 2: expected 1 number, got 2", "One step per line")
    refused(run("explain", forecasts, "--text", "0.1", "--target", "3 steps ahead"), "unknown value '3 steps ahead'", "2 steps ahead")
