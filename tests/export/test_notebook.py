"""Every preset's notebook, run by nbclient, gives the losses of the app and shows its plots."""

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from playground.export.notebook import to_notebook
from playground.export.own_data import data_file
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.export.hostile import NAMES, hostile_spec
from tests.export.running import Outcome, assert_same, briefly, of_app

_FORGET = "import gc; gc.freeze(); get_ipython().run_line_magic('reset', '-f')"
"""Removes every variable. What is imported stays, so that its garbage collection need not look through it each time."""
_TELL = "print(json.dumps(losses))"


class Kernel:
    """One process for all notebooks of this file, as its start takes longer than they do; each begins with nothing defined.

    It stands in a folder of its own and cannot import the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = KernelManager(kernel_name="python3")

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PLAYGROUND"))}
        environment["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        self._manager.start_kernel(cwd=str(self.folder), env=environment)

    def run(self, text: str, last: str) -> tuple[Any, str]:
        """The notebook after its run, and what a further cell printed."""
        notebook = nbformat.reads(text, as_version=4)
        whole = nbformat.v4.new_notebook(metadata=notebook.metadata)
        whole.cells = [nbformat.v4.new_code_cell(_FORGET), *notebook.cells, nbformat.v4.new_code_cell(last)]
        NotebookClient(whole, km=self._manager, timeout=100, shutdown_kernel="graceful").execute(cleanup_kc=False)
        printed = "".join(output.get("text", "") for output in whole.cells[-1].outputs)
        return whole, printed

    def stop(self) -> None:
        self._manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    made = Kernel(tmp_path_factory.mktemp("notebooks"))
    made.start()
    yield made
    made.stop()


def outcome(notebook: Any, printed: str) -> Outcome:
    lines = [line for cell in notebook.cells for output in cell.get("outputs", ()) for line in output.get("text", "").splitlines()]
    result = next(json.loads(line) for line in lines if line.startswith('{"train_loss"'))
    return Outcome(json.loads(printed), result)


def plots(notebook: Any) -> int:
    return sum("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ()))


@pytest.mark.parametrize("name", PRESETS)
def test_the_notebook_of_a_preset_reproduces_its_losses_and_plots(name, kernel):
    """On a few examples: its code is that of the script, which is compared over a whole epoch."""
    preset = PRESETS[name].spec
    spec = briefly(preset.model_copy(update={"data": preset.data.model_copy(update={"train_size": 200})}), epochs=1)
    notebook, printed = kernel.run(to_notebook(spec), _TELL)
    assert_same(of_app(spec), outcome(notebook, printed))
    data = 0 if spec.data.tensor.vocabulary else 1  # of symbols there is no picture
    assert plots(notebook) >= data + 2  # losses, predictions


def test_it_runs_without_the_project(kernel):
    _, printed = kernel.run(
        to_notebook(briefly(PRESETS["perceptron"].spec, epochs=1)), "import importlib.util as u; print(u.find_spec('playground'))"
    )
    assert printed.strip() == "None"


REGRESSION = {"network": [{"kind": "dense", "units": 4}, {"kind": "tanh"}, {"kind": "output"}], "loss": {"kind": "mse"}}
OTHERS: dict[str, dict[str, Any]] = {
    "curve": {"data": {"kind": "curve"}, **REGRESSION},
    "diabetes": {"data": {"kind": "diabetes"}, **REGRESSION, "training": {"ema": 0.9}},
    "multi_gauss": {"data": {"kind": "multi_gauss"}, **REGRESSION},
    "three_blobs": {"data": {"kind": "three_blobs"}, "network": [{"kind": "output"}], "loss": {"kind": "weighted_cross_entropy"}},
    "shapes": {
        "data": {"kind": "shapes", "samples": 60, "standardise": True, "augmentations": [{"kind": "rotation"}, {"kind": "mixup"}]},
        "network": [{"kind": "flatten"}, {"kind": "output"}],
        "loss": {"kind": "cross_entropy"},
    },
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_of_data_have_their_plots(name, kernel):
    spec = briefly(parse_spec(OTHERS[name]), epochs=2)
    notebook, printed = kernel.run(to_notebook(spec), _TELL)
    assert_same(of_app(spec), outcome(notebook, printed))
    assert plots(notebook) >= 3


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_hostile_names_are_only_names(kernel):
    spec = briefly(hostile_spec(), epochs=1)
    found = data_file(spec.data)
    assert found is not None
    (kernel.folder / found[0]).write_bytes(found[1])
    notebook, printed = kernel.run(to_notebook(spec), _TELL)
    assert_same(of_app(spec), outcome(notebook, printed))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not any(name in cell.source for name in NAMES)
        elif "CLASSES = " in cell.source:
            assigned = next(
                node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CLASSES"
            )
            assert ast.literal_eval(assigned.value) == spec.data.classes


def test_a_notebook_is_the_same_each_time_and_valid():
    text = to_notebook(PRESETS["small_cnn"].spec)
    assert text == to_notebook(PRESETS["small_cnn"].spec)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# Neural network: Handwritten digits")
    assert [cell.source for cell in notebook.cells if cell.cell_type == "markdown"][1:] != []


def test_a_failing_cell_raises(kernel):
    spec: ExperimentSpec = briefly(PRESETS["perceptron"].spec, epochs=1)
    with pytest.raises(CellExecutionError):
        kernel.run(to_notebook(spec), "raise ValueError")
