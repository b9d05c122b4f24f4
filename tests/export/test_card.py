"""Model cards: their facts are right, and names in them stay text."""

import re

import numpy as np
import pytest
import torch
from markdown_it import MarkdownIt
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, precision_recall_fscore_support

from playground.catalog.datasets import DATASETS, Circle, Plane
from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.export.card import to_card
from playground.export.link import from_token
from playground.export.markdown import table, text
from playground.network import build_model, trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.export.examples import BRANCHES, BROKEN, HOSTILE, SMALL_CNN, hostile_table

SECTIONS = ["Data", "Network", "Training", "Results", "Intended use and limits", "Reproducing"]


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def rows(markdown: str, section: str) -> list[list[str]]:
    """The cells of all tables in a section, as rendered."""
    html = rendered(markdown.split(f"## {section}\n")[1].split("\n## ")[0])
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]


def headings(markdown: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", rendered(markdown))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_its_layers_and_totals(name: str) -> None:
    spec = PRESETS[name].spec
    card, traced = to_card(spec), trace(spec)
    assert headings(card) == SECTIONS
    listed = rows(card, "Network")
    assert len(listed) == len(traced.in_order()) + 2
    assert listed[-1][-1] == f"{traced.parameters:,}"
    assert [row[3] for row in listed[1:-1]] == [str(row.tensor_out) for row in traced.in_order()]
    assert spec.data.license in [row[1] for row in rows(card, "Data")]
    assert "was not trained" in card


def test_results_are_those_of_scikit_learn() -> None:
    spec = ExperimentSpec(data=Circle(samples=300, noise=0.3), network=(Dense(units=5), ReLU(), Output()), loss=CrossEntropy())
    model = build_model(spec).eval()
    test = spec.data.load().test
    with torch.inference_mode():
        probabilities = torch.softmax(model(spec.data.encode(test.inputs)).double(), dim=1).numpy()
    found = rows(to_card(spec, model.state_dict(), 40), "Results")
    measures, classes = dict(found[1:3]), found[4:]
    answers = probabilities.argmax(axis=1)
    assert float(measures["Test loss"]) == pytest.approx(log_loss(test.targets, probabilities), rel=1e-3)
    assert measures["Test accuracy"] == f"{accuracy_score(test.targets, answers):.2%}"
    precision, recall, _, counts = precision_recall_fscore_support(test.targets, answers, zero_division=0)
    for index, (name, examples, recall_text, precision_text) in enumerate(classes):
        assert name == spec.data.classes[index]
        assert examples == str(counts[index])
        assert recall_text == f"{recall[index]:.1%}"
        assert precision_text == (f"{precision[index]:.1%}" if (answers == index).any() else "–")
    assert "40 training steps" in to_card(spec, model.state_dict(), 40)


def test_regression_reports_the_error() -> None:
    spec = ExperimentSpec(data=Plane(), network=(Dense(units=5), ReLU(), Output()), loss=MSE())
    model = build_model(spec).eval()
    test = spec.data.load().test
    with torch.inference_mode():
        answers = model(spec.data.encode(test.inputs)).numpy()
    measures = dict(rows(to_card(spec, model.state_dict()), "Results")[1:])
    assert float(measures["Test RMSE (Target)"]) == pytest.approx(np.sqrt(mean_squared_error(test.targets, answers)), rel=1e-3)
    assert "Test accuracy" not in measures


def test_the_results_say_what_they_must_beat() -> None:
    spec = ExperimentSpec(data=Circle(), network=(Dense(units=2), Output()), loss=BCE())
    card = to_card(spec, build_model(spec).state_dict())
    targets = spec.data.load().test.targets
    share = f"{(targets == 0).mean():.2%}"
    assert f"without a network: loss 0.6931 (best fixed guess), accuracy {share} (guessing “{spec.data.classes[0]}”)." in card


def test_hostile_names_stay_in_their_cells_as_text() -> None:
    spec = hostile_table()
    card = to_card(spec, build_model(spec).state_dict())
    html = rendered(card)
    assert not re.findall(r"<(?!/?(?:h1|h2|p|table|thead|tbody|tr|th|td|ul|li|em|strong|code)\b)", html)
    assert "href" not in re.sub(r'<a href="http[^"]*playground\?spec=', "", html)
    plain = [re.sub(r"<[^>]+>", "", cell).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
             for row in rows(card, "Results")[4:] for cell in row[:1]]  # fmt: skip
    assert plain == list(spec.data.classes)
    assert {len(row) for row in rows(card, "Results")[3:]} == {4}


OTHERS = ("a\nb", "1. one", "12) x", "- x", "# h", "www.evil.example", "http://evil.example", "a@b.ch", "~~s~~", "$x$", "___")


@pytest.mark.parametrize("name", [*HOSTILE, *OTHERS])
def test_any_name_is_rendered_as_written(name: str) -> None:
    expected = " ".join(name.split())
    assert "http://" not in text(name)  # GitHub makes links of such
    for markdown in (text(name), "\n".join(table(("a",), [(name,)]))):
        html = rendered(markdown)
        assert "<a" not in html
        read = re.sub(r"<[^>]+>", "", html.replace("<th>a</th>", ""))
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
            read = read.replace(entity, character)
        assert read.strip() == expected


def test_missing_data_and_errors_are_stated() -> None:
    spec = hostile_table()
    gone = spec.model_copy(update={"data": spec.data.model_copy(update={"key": "0" * 64})})
    card = to_card(gone, build_model(gone).state_dict(), 3)
    assert "could not be measured" in card
    assert "not on this server" in card
    assert "This network has errors" in to_card(BROKEN)
    assert headings(to_card(BROKEN)) == SECTIONS


def test_blocks_are_listed_with_their_layers() -> None:
    numbers = [row[0] for row in rows(to_card(BRANCHES), "Network")[1:-1]]
    assert numbers[:4] == ["1", "1.2.1", "1.2.1.1", "1.2.1.2"]


def test_the_link_opens_the_experiment() -> None:
    card = to_card(SMALL_CNN, address="https://example.org/app/")
    (address,) = re.findall(r"<(https://example.org/app/playground\?spec=[^>]*)>", card)
    assert from_token(address.partition("=")[2]) == SMALL_CNN
    assert from_token(re.findall(r"`(\w[\w-]+)`", to_card(SMALL_CNN))[-1]) == SMALL_CNN


def test_limits_mention_small_test_sets_and_label_noise() -> None:
    small = SMALL_CNN.model_copy(update={"data": Circle(samples=60, label_noise=0.2)})
    card = to_card(small.model_copy(update={"network": (Output(),)}))
    assert "depend strongly on chance" in card
    assert "deliberately changed to wrong ones" in card
    assert "depend strongly on chance" not in to_card(SMALL_CNN)


@pytest.mark.parametrize("kind", DATASETS, ids=lambda kind: kind.name())
def test_every_dataset_names_its_license(kind) -> None:
    assert len(kind.license) > 10 or kind.license.startswith(("MIT", "CC"))
