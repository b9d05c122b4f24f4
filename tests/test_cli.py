"""The command line, as a user and as a program meets it."""

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from safetensors.torch import load_file

from playground.__main__ import main
from playground.catalog.datasets import Kmnist
from playground.catalog.datasets.fetching import DownloadStoppedError
from playground.network import build_model
from playground.opening import load_spec
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory, load_run
from tests.catalog.file_server import serving
from tests.catalog.tiny_files import contents, tiny_sets

ROOT = Path(__file__).resolve().parents[1]
DIGITS = ROOT / "assets" / "pretrained" / "digits"
TINY = {
    "data": {"kind": "digits8"},
    "network": [{"kind": "flatten"}, {"kind": "dense", "units": 16}, {"kind": "relu"}, {"kind": "output"}],
    "loss": {"kind": "cross_entropy"},
    "optimizer": {"kind": "adam", "lr": 0.01},
    "training": {"epochs": 3, "batch_size": 32, "device": "cpu"},
}


def _run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False, **options)


def _file(path, **changes):
    path.write_text(json.dumps({**TINY, **changes}))
    return path


def _refused(result, *words):
    """Exit status 2, a plain message on standard error, nothing of Python."""
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run directory that `train` wrote, and the events that it printed."""
    place = tmp_path_factory.mktemp("cli")
    result = _run("train", _file(place / "tiny.json"), "--out", place / "run", "--json")
    assert result.exit_code == 0, result.output
    return place / "run", [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def digit_files(tmp_path_factory):
    """One PNG of each class, black on white, large: the first test digit that is far from the border of its class."""
    place = tmp_path_factory.mktemp("digits")
    test = load_spec("mlp_784_256_10").data.load().test
    files = []
    for label in range(10):
        index = int(np.flatnonzero(np.asarray(test.targets) == label)[0])
        Image.fromarray(255 - np.asarray(test.inputs[index, 0])).resize((200, 200)).save(place / f"{label}.png")
        files.append(place / f"{label}.png")
    return files


def test_help_needs_nothing_heavy():
    heavy = "torch", "streamlit", "captum", "pydantic", "numpy"
    code = f"import sys, playground.__main__; print([name for name in {heavy!r} if name in sys.modules])"
    assert _python("-c", code).stdout.strip() == "[]"
    result = _python("-m", "playground", "--help")
    assert result.returncode == 0
    assert [name for name in ("check", "train", "predict", "explain", "export") if f"\n  {name} " not in result.stdout] == []


def test_everything_works_where_streamlit_is_not_installed(tmp_path):
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('streamlit', 'starlette', 'uvicorn'): raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from playground.__main__ import main\n"
        "main()\n"
    )
    assert _python("-c", code, "check", "small_cnn").returncode == 0
    result = _python("-c", code, "train", str(_file(tmp_path / "tiny.json")), "--out", str(tmp_path / "run"))
    assert result.returncode == 0, result.stderr


def test_check_shows_layers_shapes_and_counts():
    result = _run("check", "mlp_784_256_10")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:6]] == ["#", "1", "2", "3", "4", "total"]
    assert "1×28×28" in result.stdout
    assert f"{784 * 256 + 256 + 256 * 10 + 10:,}" in result.stdout


def test_check_numbers_layers_in_blocks_and_names_the_path_that_messages_name(tmp_path):
    branches = [
        [{"kind": "relu"}],
        [{"kind": "tanh"}, {"kind": "residual", "layers": [{"kind": "softmax"}, {"kind": "dense", "units": 784}]}],
    ]
    network = [{"kind": "flatten"}, {"kind": "parallel", "branch": branches}, {"kind": "output"}]
    lines = _run("check", _file(tmp_path / "spec.json", network=network)).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:10]] == ["1", "2", "2.1.1", "2.2.1", "2.2.2", "2.2.2.1", "2.2.2.2", "3", "total"]
    assert lines[3].split()[1:4] == ["ReLU", "64", "64"]
    assert lines[6].endswith("network[1].branch[1][1].layers[0]")
    assert any(line.startswith("note: network[1].branch[1][1].layers[0]: Softmax") for line in lines)


def test_check_names_problems_with_their_remedy(tmp_path):
    result = _run("check", _file(tmp_path / "spec.json", network=[{"kind": "dense"}, {"kind": "output"}]))
    assert result.exit_code == 1
    assert "error: network[0]: Dense needs a vector" in result.stdout
    assert "→ Put a flatten layer before it" in result.stdout


def test_a_note_is_no_failure(tmp_path):
    result = _run("check", _file(tmp_path / "spec.json", network=[{"kind": "flatten"}, {"kind": "dense"}, {"kind": "output"}]))
    assert result.exit_code == 0
    assert "note: network[2]" in result.stdout


WRONG_SPECS = {
    "no such preset": ("mlp_784_256_11", "did you mean 'mlp_784_256_10'?"),
    "a range": ({"network": [{"kind": "flatten"}, {"kind": "dense", "units": 0}]}, "network[1].units: must be at least 1, got 0"),
    "a kind": ({"loss": {"kind": "cross_entropie"}}, "did you mean 'cross_entropy'?"),
    "a field": ({"training": {"epoch": 3}}, "did you mean 'epochs'?"),
    "a link cut short": ("?spec=eNpNjksOgzAMRK9SeV0WZd", "copy the whole link again"),
    "a link without": ("https://example.org/", "?spec="),
}


@pytest.mark.parametrize("command", ["check", "train", "export"])
@pytest.mark.parametrize("case", WRONG_SPECS)
def test_a_wrong_spec_is_refused_with_path_and_remedy(tmp_path, command, case):
    source, words = WRONG_SPECS[case]
    if isinstance(source, dict):
        source = _file(tmp_path / "spec.json", **source)
        words = (str(source), words)
    else:
        words = (words,)
    options = ("--format", "link") if command == "export" else ()
    _refused(_run(command, source, *options), *words)


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[1, 2]", b"\xff\xfe\x00", b'{"a": ' + b"[" * 100_000, b"{" + b" " * 2_000_000], ids=len
)
def test_hostile_spec_files_are_refused(tmp_path, content):
    (tmp_path / "spec.json").write_bytes(content)
    _refused(_run("check", tmp_path / "spec.json"), "spec")


def test_no_traceback_from_the_shell_either(tmp_path):
    result = _python("-m", "playground", "check", str(_file(tmp_path / "spec.json", loss={"kind": "magic"})))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "loss" in result.stderr


def test_training_prints_events_and_keeps_the_run(trained):
    directory, events = trained
    assert [event["event"] for event in events[:1] + events[-1:]] == ["started", "finished"]
    progress = [event for event in events if event["event"] == "progress"]
    assert {"step", "epoch", "loss", "samples_per_second"} <= progress[0].keys()
    assert [event["step"] for event in progress] == sorted(event["step"] for event in progress)
    assert progress[-1]["step"] == events[-1]["step"] == 3 * -(-1437 // 32)
    assert {"train_loss", "test_loss", "test_accuracy", "seconds"} <= events[-1].keys()
    assert sorted(path.name for path in directory.iterdir()) == ["metrics.jsonl", "model.safetensors", "spec.json"]
    assert [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()] == events


def test_the_kept_weights_have_the_accuracy_that_was_told(trained):
    directory, events = trained
    run = load_run(directory)
    test = run.spec.data.load().test
    answers = run.probabilities(run.encode(np.asarray(test.inputs))).argmax(1).numpy()
    assert float((answers == np.asarray(test.targets)).mean()) == pytest.approx(events[-1]["test_accuracy"], abs=1e-6)
    assert events[-1]["test_accuracy"] > 0.8
    assert run.step == events[-1]["step"]


def test_training_without_json_tells_the_result(tmp_path):
    result = _run("train", _file(tmp_path / "tiny.json", training={"epochs": 1, "device": "cpu"}))
    assert result.exit_code == 0
    assert result.stdout.startswith("finished after 1 epochs")
    assert "1,437 examples" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.json"]


def test_a_run_is_not_overwritten_by_accident(tmp_path, trained):
    directory, _ = trained
    before = (directory / "model.safetensors").read_bytes()
    spec = _file(tmp_path / "tiny.json", training={"epochs": 1, "seed": 5, "device": "cpu"})
    _refused(_run("train", spec, "--out", directory), "holds a run already", "--overwrite")
    assert (directory / "model.safetensors").read_bytes() == before
    copy = tmp_path / "copy"
    RunDirectory(copy).append_event(_started())
    assert _run("train", spec, "--out", copy, "--overwrite").exit_code == 0
    assert [json.loads(line)["event"] for line in (copy / "metrics.jsonl").read_text().splitlines()].count("started") == 1


def _started():
    from playground.training.events import Started

    return Started("cpu", "cpu", 1, 1, 1, 1, 1, 1)


def test_a_network_that_cannot_work_is_refused_and_leaves_nothing_behind(tmp_path):
    spec = _file(tmp_path / "spec.json", network=[{"kind": "dense"}, {"kind": "output"}])
    _refused(_run("train", spec, "--out", tmp_path / "run"), "network[0]: Dense needs a vector")
    assert not (tmp_path / "run").exists()


def test_a_device_that_is_not_there_is_named(tmp_path):
    device = "cuda" if not torch.cuda.is_available() else "mps"
    _refused(_run("train", _file(tmp_path / "spec.json", training={"device": device})), device)


def test_divergence_ends_with_advice(tmp_path):
    plane = {"data": {"kind": "plane"}, "network": [{"kind": "dense"}, {"kind": "output"}], "loss": {"kind": "mse"}}
    spec = _file(tmp_path / "spec.json", **plane, optimizer={"kind": "sgd", "lr": 100})
    result = _run("train", spec, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert "diverged: " in result.stderr
    assert "try: " in result.stderr
    assert json.loads((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()[-1])["event"] == "diverged"


def test_ctrl_c_ends_cleanly_with_the_weights_so_far(tmp_path):
    spec = _file(tmp_path / "spec.json", training={"epochs": 1000, "device": "cpu"})
    command = [sys.executable, "-m", "playground", "train", str(spec), "--out", str(tmp_path / "run"), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if json.loads(line)["event"] == "progress":
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    last = json.loads(rest.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "stopped")
    assert load_run(tmp_path / "run").step == last["step"] > 0
    assert not (tmp_path / "run" / "snapshot.safetensors").exists()


def test_predict_reads_digits(digit_files):
    result = _run("predict", DIGITS, *digit_files)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["image"] for line in lines] == [str(path) for path in digit_files]
    assert [line["label"] for line in lines] == list("0123456789")
    for line in lines:
        assert list(line["probabilities"]) == list("0123456789")
        assert sum(line["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert line["confidence"] == max(line["probabilities"].values()) == line["probabilities"][line["label"]]


def test_predict_fits_drawings_to_small_pictures_too(trained, digit_files):
    result = _run("predict", trained[0], *digit_files)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 10


def _png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def test_predict_tells_of_bad_images_and_answers_the_others(tmp_path, digit_files):
    contents = {"text.png": b"hello", "cut.png": digit_files[0].read_bytes()[:200], "blank.png": _png(np.zeros((50, 50), np.uint8))}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    bad = [tmp_path / "missing.png", tmp_path, *(tmp_path / name for name in contents)]
    result = _run("predict", DIGITS, bad[0], digit_files[4], *bad[1:])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["label"] == "4"
    errors = result.stderr.splitlines()
    assert [str(path) in error for path, error in zip(bad, errors, strict=True)] == [True] * 5
    assert [
        words in error
        for words, error in zip(("no such", "no plain file", "no image", "cannot be read", "nothing drawn"), errors, strict=True)
    ] == [True] * 5


def test_predict_refuses_what_is_no_run_or_reads_no_pictures(tmp_path, digit_files):
    _refused(_run("predict", tmp_path / "nowhere", digit_files[0]), "no such run directory")
    _refused(_run("predict", tmp_path, digit_files[0]), "spec.json: is missing")
    spec = PRESETS["playground_2d"].spec
    directory = RunDirectory(tmp_path / "plane")
    directory.write_spec(spec)
    directory.write_weights(build_model(spec).state_dict())
    _refused(_run("predict", tmp_path / "plane", digit_files[0]), "not drawings")


def test_predict_says_when_the_network_has_diverged(tmp_path, digit_files):
    spec = PRESETS["mlp_784_256_10"].spec
    directory = RunDirectory(tmp_path)
    directory.write_spec(spec)
    directory.write_weights({name: torch.full_like(tensor, torch.nan) for name, tensor in build_model(spec).state_dict().items()})
    _refused(_run("predict", tmp_path, digit_files[0]), "diverged")
    _refused(_run("explain", tmp_path, digit_files[0], "--out", tmp_path / "heat.png"), "diverged")


@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "grad_cam", "occlusion"])
def test_explain_writes_a_picture_and_its_numbers(tmp_path, digit_files, method):
    result = _run("explain", DIGITS, digit_files[7], "--method", method, "--out", tmp_path / "heat.png")
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
    rough = json.loads(_run("explain", DIGITS, digit_files[3], "--target", "5", "--set", "n_steps=4", *heat).stdout)
    fine = json.loads(
        _run("explain", DIGITS, digit_files[3], "--target", "5", "--set", "n_steps=400", "--set", "baseline=mean", *heat).stdout
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
def test_explain_refuses_wrong_questions(tmp_path, digit_files, options, words):
    _refused(_run("explain", DIGITS, digit_files[0], *options, "--out", tmp_path / "heat.png"), words)
    assert not (tmp_path / "heat.png").exists()


def test_explain_names_a_place_that_cannot_be_written(tmp_path, digit_files):
    _refused(_run("explain", DIGITS, digit_files[0], "--out", tmp_path / "no" / "such" / "heat.png"), "heat.png")


def test_an_exported_link_opens_the_same_spec(tmp_path, trained):
    spec = _file(tmp_path / "spec.json")
    result = _run("export", spec, "--format", "link", "--address", "https://example.org/app/")
    assert result.stdout.startswith("https://example.org/app/playground?spec=")
    assert load_spec(result.stdout) == load_spec(spec)
    assert _run("export", trained[0], "--format", "link", "--out", tmp_path / "link.txt").exit_code == 0
    assert load_spec((tmp_path / "link.txt").read_text()) == load_run(trained[0]).spec


def test_exported_weights_are_those_of_the_run(tmp_path, trained):
    assert _run("export", trained[0], "--format", "weights", "--out", tmp_path / "weights.safetensors").exit_code == 0
    exported, kept = load_file(tmp_path / "weights.safetensors"), load_file(trained[0] / "model.safetensors")
    assert exported.keys() == kept.keys()
    assert all(torch.equal(exported[name], kept[name]) for name in kept)


def test_export_refuses_what_it_cannot_make(tmp_path, trained):
    _refused(_run("export", "small_cnn", "--format", "weights", "--out", tmp_path / "w"), "of a trained run")
    _refused(_run("export", trained[0], "--format", "weights"), "--out")
    _refused(_run("export", trained[0], "--format", "floppy"), "floppy")
    _refused(_run("export", "small_cnn", "--format", "link", "--out", tmp_path / "no" / "link"), "no")


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A server with tiny files of the sets that are downloaded, and an empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    with tiny_sets(), serving() as files:
        files.put("kmnist", contents(Kmnist))
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files


def test_train_downloads_what_is_missing_and_learns_from_it(mirror, tmp_path):
    spec = _file(tmp_path / "kmnist.json", data={"kind": "kmnist"})
    result = _run("train", spec, "--out", tmp_path / "run", "--json")
    assert result.exit_code == 0, result.output
    assert "KMNIST (70,000 Japanese letters): downloading" in result.stderr
    assert "CC BY-SA 4.0" in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["event"] == "finished"
    asked = len(mirror.asked)
    assert _run("train", spec).exit_code == 0
    assert len(mirror.asked) == asked == 4


def test_a_download_that_fails_says_why_and_leaves_the_run_that_was_there(mirror, tmp_path):
    mirror.status = 404
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "spec.json").write_text("the run before")
    result = _run("train", _file(tmp_path / "kmnist.json", data={"kind": "kmnist"}), "--out", tmp_path / "run", "--overwrite")
    assert result.exit_code == 2
    assert "cannot be downloaded. 127.0.0.1: it does not have the file (404)" in result.stderr
    assert (tmp_path / "run" / "spec.json").read_text() == "the run before"


def test_a_network_that_cannot_be_trained_downloads_nothing(mirror, tmp_path):
    result = _run(
        "train", _file(tmp_path / "wrong.json", data={"kind": "kmnist"}, network=[{"kind": "conv2d", "kernel": 99, "padding": "valid"}])
    )
    assert result.exit_code == 2
    assert mirror.asked == []


def test_download_brings_every_named_set_before_it_is_needed(mirror):
    result = _run("download", "kmnist", "digits8")
    assert result.exit_code == 0, result.output
    assert str(Kmnist.folder()) in result.stdout
    assert "needs no download" in result.stdout
    assert Kmnist.is_here()


def test_download_of_an_unknown_set_suggests_one():
    _refused(_run("download", "kmnst"), "unknown dataset 'kmnst'; did you mean 'kmnist'?")


def test_download_stopped_by_a_signal_keeps_what_came(mirror, monkeypatch):
    def stopped(report, stop):
        signal.raise_signal(signal.SIGINT)
        assert stop()
        raise DownloadStoppedError("KMNIST: stopped; the 1.0 MB that have come are kept")

    monkeypatch.setattr(Kmnist, "download", stopped)
    result = _run("download", "kmnist")
    assert result.exit_code == 130
    assert "1.0 MB that have come are kept" in result.stderr
