"""`generate`: the text of the Python function, and what is wrong in plain words."""

import pytest

import playground
from playground.catalog.datasets import PythonDocs
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.network import build_model
from playground.runs.directory import RunDirectory
from playground.spec import ExperimentSpec
from tests.commands.calling import DIGITS, refused, run


@pytest.fixture
def writer(tmp_path):
    """A run directory with a network that predicts the next character."""
    spec = ExperimentSpec(data=PythonDocs(window=8), network=(LAYERS["embedding"](width=8), Output()), loss=CrossEntropy())
    directory = RunDirectory(tmp_path / "run")
    directory.write_spec(spec)
    directory.write_weights(build_model(spec).state_dict(), 1)
    return directory.path


def test_it_prints_the_prompt_and_what_follows(writer):
    done = run("generate", writer, "--prompt", "def x", "--length", 30, "--temperature", 0.5, "--top-k", 7, "--seed", 3)
    text = playground.generate(playground.load_run(writer), "def x", 30, temperature=0.5, top_k=7, seed=3)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"def x{text}\n", "")


def test_what_is_not_read_of_a_prompt_is_noted(writer):
    done = run("generate", writer, "--prompt", "longer than é", "--length", 1)
    assert done.stdout.startswith("r than \N{REPLACEMENT CHARACTER}")
    assert "note: Not in the vocabulary" in done.stderr
    assert "Only the last 8 characters" in done.stderr
    assert "empty" in run("generate", writer, "--length", 1).stderr


def test_mistakes_are_refused(writer):
    refused(run("generate", DIGITS), "does not predict the next symbol")
    refused(run("generate", writer, "--temperature", "-1"), "temperature", "from 0 to 5")
    refused(run("generate", writer, "--top-k", "0"), "top_k")
    refused(run("generate", writer, "--length", "0"), "length")
    refused(run("generate", writer.parent / "none"), "no such run directory")
