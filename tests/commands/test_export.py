"""`export`: links and weights."""

import torch
from safetensors.torch import load_file

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


def test_export_refuses_what_it_cannot_make(tmp_path, trained):
    refused(run("export", "small_cnn", "--format", "weights", "--out", tmp_path / "w"), "of a trained run")
    refused(run("export", trained[0], "--format", "weights"), "--out")
    refused(run("export", trained[0], "--format", "floppy"), "floppy")
    refused(run("export", "small_cnn", "--format", "link", "--out", tmp_path / "no" / "link"), "no")
