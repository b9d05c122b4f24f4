"""Every preset's script, run by itself, gives the losses of the app; and what a script looks like."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruff import find_ruff_bin

from playground.catalog.datasets import Circle
from playground.catalog.layers import Dense, Output
from playground.catalog.losses import BCE
from playground.catalog.optimizers import SGD
from playground.export.code.tidying import tidied
from playground.export.own_data import data_file
from playground.export.script import to_script
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, SpecError
from tests.export.hostile import hostile_spec
from tests.export.running import assert_alone, assert_same, briefly, of_app, of_script_alone


@pytest.mark.parametrize("name", PRESETS)
def test_the_script_of_a_preset_reproduces_its_losses_without_the_project(name, elsewhere, tmp_path):
    """On a few examples: what differs between presets is not their number."""
    preset = PRESETS[name].spec
    spec = briefly(preset.model_copy(update={"data": preset.data.model_copy(update={"train_size": 320})}), epochs=1, threads=1)
    assert_same(of_app(spec), elsewhere.outcome(spec, tmp_path))


@pytest.mark.parametrize("name", ["small_cnn", "playground_2d"])
def test_so_does_one_that_is_run_as_its_reader_runs_it(name, tmp_path):
    spec = briefly(PRESETS[name].spec, epochs=1)
    assert_same(of_app(spec), of_script_alone(spec, tmp_path))


@pytest.mark.parametrize("name", PRESETS)
def test_the_script_of_a_preset_is_short_alone_and_in_the_usual_form(name, tmp_path):
    code = to_script(PRESETS[name].spec)
    assert_alone(code)
    data = PRESETS[name].spec.data
    most_lines = 630 if data.name() == "sentences" else 470 if data.tensor.has("length") or name == "vit_digits" else 250
    assert len(code.splitlines()) <= most_lines  # sentences come with their grammar
    assert max(map(len, code.splitlines())) <= 100
    assert tidied(code) == code
    path = tmp_path / "train.py"
    path.write_text(code, encoding="utf-8")
    checked = subprocess.run([find_ruff_bin(), "check", "--isolated", str(path)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", PRESETS)
def test_nothing_stands_in_a_script_that_it_does_not_use(name):
    tree = ast.parse(to_script(PRESETS[name].spec))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert defined <= read


def test_the_same_spec_gives_the_same_script():
    """In another process too, where sets have another order."""
    code = (
        "from playground.export.script import to_script; from playground.presets import PRESETS; "
        "print(to_script(PRESETS['resnet_small'].spec), end='')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    script = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert script == to_script(PRESETS["resnet_small"].spec)


def test_a_network_that_cannot_be_trained_has_no_script():
    with pytest.raises(SpecError, match="nothing to learn"):
        to_script(ExperimentSpec(data=Circle(), network=(Dense(units=1, frozen=True),), loss=BCE()))
    with pytest.raises(SpecError, match="network"):
        to_script(ExperimentSpec(data=Circle(), network=(Dense(units=3),), loss=BCE()))


def test_a_loss_that_is_not_finite_ends_the_script_with_a_suggestion(elsewhere, tmp_path):
    spec = ExperimentSpec(data=Circle(samples=40), network=(Dense(units=4), Output()), loss=BCE(), optimizer=SGD(lr=100.0))
    path = tmp_path / "train.py"
    path.write_text(to_script(briefly(spec)).replace("LEARNING_RATE = 100.0", "LEARNING_RATE = 1e38"), encoding="utf-8")
    done = elsewhere.run([str(path)])
    assert done.returncode == 1
    assert "Lower LEARNING_RATE." in done.stderr
    assert "Traceback" not in done.stderr


def test_hostile_names_do_nothing_in_a_script(elsewhere, tmp_path):
    spec = briefly(hostile_spec(), epochs=2)
    found = data_file(spec.data)
    assert found is not None
    (tmp_path / found[0]).write_bytes(found[1])
    assert_same(of_app(spec), elsewhere.outcome(spec, tmp_path))
    code = (tmp_path / "train.py").read_text(encoding="utf-8")
    assert "hurt" not in code
    assert "<script>" not in code
