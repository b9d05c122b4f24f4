"""`export`: every format, from a spec and from a run."""

import io
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from playground.export.formats import FORMATS
from playground.opening import load_spec
from playground.runs.directory import load_run
from tests.commands.calling import refused, run, spec_file


def test_an_exported_link_opens_the_same_spec(tmp_path, trained):
    spec = spec_file(tmp_path / "spec.json")
    result = run("export", spec, "--format", "link", "--address", "https://example.org/app/")
    assert result.stdout.startswith("https://example.org/app/playground?spec=")
    assert load_spec(result.stdout) == load_spec(spec)
    assert run("export", trained[0], "--format", "link", "--out", tmp_path / "link.txt").exit_code == 0
    assert load_spec((tmp_path / "link.txt").read_text()) == load_run(trained[0]).spec


def test_exported_weights_are_those_of_the_run(tmp_path, trained):
    assert run("export", trained[0], "--format", "weights", "--out", tmp_path / "weights.safetensors").exit_code == 0
    exported, kept = load_file(tmp_path / "weights.safetensors"), load_file(trained[0] / "model.safetensors")
    assert exported.keys() == kept.keys()
    assert all(torch.equal(exported[name], kept[name]) for name in kept)


def test_export_reports_what_it_cannot_make(tmp_path, trained):
    refused(run("export", "small_cnn", "--format", "weights", "--out", tmp_path / "w"), "not a run directory")
    refused(run("export", trained[0], "--format", "weights"), "--out", "model.safetensors")
    for name in ("onnx", "diagram_png", "bundle"):
        refused(run("export", "small_cnn", "--format", name), "--out", FORMATS[name].file)
    broken = spec_file(tmp_path / "broken.json", network=[{"kind": "conv2d"}, {"kind": "dense"}, {"kind": "output"}])
    refused(run("export", broken, "--format", "onnx", "--out", tmp_path / "x.onnx"), "network[1]", "needs a vector")
    refused(run("export", trained[0], "--format", "floppy"), "floppy")
    refused(run("export", "small_cnn", "--format", "link", "--out", tmp_path / "no" / "link"), "no")


def test_the_exported_network_gives_the_outputs_of_the_run(tmp_path, trained):
    assert run("export", trained[0], "--format", "onnx", "--out", tmp_path / "model.onnx").exit_code == 0
    loaded = load_run(trained[0])
    x = loaded.encode(np.asarray(loaded.spec.data.load().test.inputs[:40]))
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"input": x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), loaded.model(x).detach(), rtol=1e-4, atol=1e-4)
    assert session.get_modelmeta().custom_metadata_map["trained_steps"] == str(loaded.step)


def test_the_card_of_a_run_has_its_accuracy(trained):
    finished = trained[1][-1]
    card = run("export", trained[0], "--format", "card", "--address", "https://example.org").stdout
    assert f"| Test accuracy | {finished['test_accuracy']:.2%} |" in card
    assert f"| Test loss | {finished['test_loss']:.4g} |" in card
    assert "was not trained" in run("export", "small_cnn", "--format", "card").stdout


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_from_a_run(tmp_path, trained, name):
    out = tmp_path / FORMATS[name].file
    result = run("export", trained[0], "--format", name, "--out", out)
    assert result.exit_code == 0, result.output
    assert not result.output
    content = out.read_bytes()
    match FORMATS[name].suffix:
        case ".svg":
            assert ET.fromstring(content).tag.endswith("svg")
        case ".png":
            Image.open(io.BytesIO(content)).verify()
        case ".zip":
            assert "model.safetensors" in zipfile.ZipFile(out).namelist()
    if FORMATS[name].is_text:
        assert run("export", trained[0], "--format", name).stdout_bytes == content


def test_a_run_without_weights_is_exported_as_its_settings(tmp_path):
    spec_file(tmp_path / "spec.json")
    assert run("export", tmp_path, "--format", "onnx", "--out", tmp_path / "model.onnx").exit_code == 0
    refused(run("export", tmp_path, "--format", "weights", "--out", tmp_path / "w"), "no weights yet")
