"""Runs side by side: what may be laid over what, and the routes of their curves."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.catalog.datasets import MnistSample, OwnTable
from playground.catalog.losses import MSE
from playground.catalog.optimizers import SGD
from playground.differences import in_short
from playground.presets import PRESETS
from playground.runs import RunNotFound, Timeline
from playground.runs.addresses import Address
from playground.shorthand import read
from playground.spec import ExperimentSpec
from playground.training import declarations
from playground.training.events import Evaluated
from playground.web.earlier import comparable, name_beside
from playground.web.routes import curves, mounted

MLP = PRESETS["mlp_784_256_10"].spec


def test_runs_on_the_same_data_are_compared_whatever_their_network() -> None:
    other = MLP.model_copy(update={"network": read("flatten | dense 8 | output"), "data": MnistSample(train_size=100)})
    assert comparable(MLP, other) == (("loss", "accuracy"), "")


def test_another_loss_leaves_the_metrics_that_do_not_depend_on_it() -> None:
    assert comparable(MLP, MLP.model_copy(update={"loss": MSE()})) == (("accuracy",), "another loss")


def test_other_data_is_not_compared() -> None:
    assert comparable(MLP, PRESETS["playground_2d"].spec) == ((), "other data")
    mine, theirs = (OwnTable(key=key * 64, labels=("a", "b", "c")) for key in "12")
    tables = [MLP.model_copy(update={"data": data, "network": read("dense 4 | output")}) for data in (mine, theirs)]
    assert comparable(*tables) == ((), "other data")


def test_runs_of_the_same_name_are_told_apart_by_what_differs() -> None:
    plain, fast = (MLP.model_copy(update={"optimizer": SGD(momentum=momentum)}) for momentum in (0.0, 0.9))
    named: dict[str, ExperimentSpec] = {}
    for spec in (plain, fast, plain, fast):
        name = name_beside(named, in_short(MLP, spec), spec)
        named[name] = spec
    assert list(named) == ["SGD", "SGD, momentum 0.9", "SGD (2)", "SGD, momentum 0.9 (2)"]


class OneTimeline:
    """Runs with one run in it."""

    def __init__(self) -> None:
        self.of = Timeline(declared=declarations(MLP))
        self.of.add(Evaluated(5, 0.5, 0.1, {"loss": 0.5, "accuracy": 0.8}, {"loss": 0.6, "accuracy": 0.7}))

    def resolve(self, address: object) -> Address:
        if address != "mine":
            raise RunNotFound
        return Address("mine", True)

    def timeline(self, run_id: str) -> Timeline:
        return self.of


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    found = OneTimeline()
    monkeypatch.setattr(curves, "runs", lambda: found)
    return TestClient(Starlette(routes=mounted("")))


def test_curves_are_served_as_columns_and_as_a_file(client: TestClient) -> None:
    columns = json.loads(client.get("/curves/mine.json").text)
    assert columns["test_accuracy"] == [0.7]
    assert columns["step"] == [5]
    table = client.get("/curves/mine.csv")
    assert "attachment" in table.headers["content-disposition"]
    assert table.text.splitlines()[1] == "5,0.5,0.1,,0.5,0.6,0.8,0.7"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_run_that_does_not_exist_is_not_found(client: TestClient, form: str) -> None:
    answer = client.get(f"/curves/another.{form}")
    assert answer.status_code == 404
    assert "There is no run at this address" in answer.text
