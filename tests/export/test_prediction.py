"""The predictions of an exported script, which are those of the app."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.catalog.datasets import Circle, Dataset, Diabetes, Iris, MnistSample
from playground.catalog.layers import Dense, Flatten, Output, Tanh
from playground.catalog.losses import BCE, MSE, CrossEntropy, Loss
from playground.export.own_data import data_file
from playground.export.script import to_script
from playground.network import build_model
from playground.predicting import predict_table
from playground.runs.directory import RunDirectory, load_run
from playground.spec import ExperimentSpec, TrainingSettings
from tests.export.running import Elsewhere
from tests.own.examples import own_dataset
from tests.predicting.runs import csv_of_houses, houses

GAPS = csv_of_houses() + "h,,north,50000\nh,,south,50000\n"
CASES: dict[str, tuple[object, Loss, str]] = {
    "values": (lambda: houses(), MSE(), "district,size,id\nsouth,50,a\nnorth,120,b\n"),
    "missing": (lambda: houses(GAPS, missing="mean"), MSE(), "size,district\n,north\n60,\n"),
    "codes": (
        lambda: houses(GAPS + "h,-200,north,50000\nh,**,?,50000\n" + "h,-200,south,50000\n" * 3, missing="mean", codes=("-200",)),
        MSE(),
        "size,district\n-200,north\n**,north\n60,south\n",
    ),
    "modes": (lambda: houses(GAPS + "h,50,east,100000\n", missing="most_frequent"), MSE(), "size,district\n,north\n"),
    "other": (lambda: houses(most_categories=2), MSE(), "size,district\n60,west\n60,north\n60,other\n"),
    "classes": (lambda: own_dataset("own_table"), CrossEntropy(), "petal width,petal length,colour\n0.3,1.5,red\n1.2,3.5,blue\n"),
    "packaged classes": (Iris, CrossEntropy(), ",".join(Iris.features) + "\n5.1,3.5,1.4,0.2\n6.1,,4.4,1.2\n"),
    "packaged values": (Diabetes, MSE(), ",".join(f'"{name}"' for name in Diabetes.features) + "\n" + ",".join(["50"] * 10) + "\n"),
    "points": (Circle, BCE(), "x2,x1\n1,2\n-3,0.5\n"),
    "own points": (lambda: own_dataset("own_points"), BCE(), "x1,x2\n1,2\n"),
}


def spec_of(data: Dataset, loss: Loss) -> ExperimentSpec:
    return ExperimentSpec(
        data=data, network=(Dense(units=4), Tanh(), Output()), loss=loss, training=TrainingSettings(epochs=1, device="cpu", threads=1)
    )


def script(elsewhere: Elsewhere, spec: ExperimentSpec, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text(to_script(spec), encoding="utf-8")
    found = data_file(spec.data)
    if found is not None:
        (folder / found[0]).write_bytes(found[1])
    return elsewhere.run(["train.py", *arguments], folder)


@pytest.mark.parametrize("name", CASES)
def test_a_script_predicts_what_the_app_predicts(name: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    make, loss, rows = CASES[name]
    spec = spec_of(make(), loss)  # type: ignore[operator]
    (tmp_path / "rows.csv").write_text(rows)
    done = script(elsewhere, spec, tmp_path, "--save", "weights.pt", "--predict", "rows.csv")
    assert done.returncode == 0, done.stderr
    *_, result = lines = done.stdout.splitlines()
    assert "test_loss" in json.loads(result)
    directory = RunDirectory(tmp_path / "run")
    directory.write_spec(spec)
    directory.write_columns(spec.data)
    saved = torch.load(tmp_path / "weights.pt", weights_only=True)
    directory.write_weights(dict(zip(build_model(spec).state_dict(), saved.values(), strict=True)))
    expected = predict_table(load_run(tmp_path / "run"), rows.encode()).answers
    answers = [json.loads(line) for line in lines[-1 - len(expected) : -1]]
    assert [answer.keys() for answer in answers] == [answer.keys() for answer in expected]
    for answer, other in zip(answers, expected, strict=True):
        for key, value in other.items():
            if isinstance(value, dict):
                assert list(answer[key]) == list(value)
                np.testing.assert_allclose(list(answer[key].values()), list(value.values()), rtol=1e-4, atol=1e-6)
            else:
                assert answer[key] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-4))


@pytest.mark.parametrize("content", [None, "size,district\n60,Süd\n".encode("cp1252")])
def test_a_file_that_cannot_be_read_ends_a_script_before_training(content: bytes | None, elsewhere: Elsewhere, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "rows.csv").write_bytes(content)
    done = script(elsewhere, spec_of(houses(), MSE()), tmp_path, "--predict", "rows.csv")
    assert done.returncode == 2
    assert "argument --predict: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("size\n60\n", "the column 'district' is missing"),
        ("size,district\n60 m,north\n", "'60 m' is not a number"),
        ("size,district\n60,west\n", "'west' is unknown"),
    ],
)
def test_a_wrong_row_ends_a_script_with_the_reason(rows: str, words: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(rows)
    done = script(elsewhere, spec_of(houses(), MSE()), tmp_path, "--predict", "rows.csv")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_script_for_images_or_for_data_that_is_not_here_predicts_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = ExperimentSpec(data=MnistSample(), network=(Flatten(), Output()), loss=CrossEntropy())
    assert "--predict" not in to_script(images)
    spec = spec_of(houses(), MSE())
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    assert "--predict" not in to_script(spec)
