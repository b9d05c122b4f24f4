"""What the panels below the attention maps are told: against the network itself, PyTorch's attention and Captum."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerIntegratedGradients
from torch.nn import functional as F

from playground.catalog.datasets import Dataset, Digits8, Rearranging, Sentences
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import BCE, CrossEntropy
from playground.explain import ExplainError, observe
from playground.explain.heads import Head, without_heads
from playground.network import build_model
from playground.runs.directory import LoadedRun
from playground.spec import ExperimentSpec
from playground.web import attention_arithmetic as arithmetic_module
from playground.web.attention_arithmetic import arithmetic
from playground.web.attention_beside import beside
from playground.web.attention_heads import cut, worth
from playground.web.attention_inputs import Given, InputError, given
from playground.web.networks import Network
from tests.explain.test_heads import randomized

L = LAYERS


def network_of(data: Dataset, loss: Any, *layers: Any) -> Network:
    spec = ExperimentSpec(data=data, network=(*layers, Output()), loss=loss)
    model: Any = randomized(build_model(spec))
    return Network("address", "title", ((1, 1), None), LoadedRun(Path(f"{data.kind} run"), spec, model, 10))


@pytest.fixture(scope="module")
def sentences() -> Network:
    block = L["transformer_block"](heads=2)
    return network_of(Sentences(samples=300), BCE(), L["embedding"](width=8), L["positions"](), block, block, L["sequence_pool"]())


@pytest.fixture(scope="module")
def digits() -> Network:
    head, block = (L["patches"](size=2, width=8), L["class_token"]()), L["transformer_block"](heads=2)
    return network_of(Digits8(), CrossEntropy(), *head, block, block, L["sequence_pool"](how="first"))


@pytest.fixture(scope="module")
def reverse() -> Network:
    data, block = Rearranging(samples=300, answers="after"), L["transformer_block"](heads=2, causal=True)
    return network_of(data, CrossEntropy(), L["embedding"](width=8), L["positions"](how="rotary"), block)


def sentence(network: Network) -> Given:
    return given(network, {"text": "the movie was not good"})


def test_the_arithmetic_is_that_of_pytorch_and_can_be_followed_by_hand(sentences: Network) -> None:
    asked = sentence(sentences)
    said, _ = arithmetic(sentences, asked, {"layer": "network[2]", "head": 1, "token": 3})
    json.dumps(said, allow_nan=False)
    query, key, value = (observe(sentences.run.model, asked.x, "network[2]", name)[:, 1] for name in ("query", "key", "value"))
    expected = F.scaled_dot_product_attention(query, key, value)[0, 3]
    assert said["sum"] == pytest.approx(expected.tolist(), rel=1e-4)
    assert [row["token"] for row in said["listed"]] == list(range(5))
    for row in said["listed"]:
        assert row["product"] == pytest.approx(np.dot(said["query"], row["key"]), rel=1e-4, abs=1e-4)
        assert row["score"] == pytest.approx(row["product"] / np.sqrt(4), rel=1e-4)
        assert row["exponential"] == pytest.approx(np.exp(row["score"] - said["highest"]), rel=1e-3)
        assert row["weight"] == pytest.approx(row["exponential"] / said["total"], rel=1e-4)
    assert said["total"] == pytest.approx(sum(row["exponential"] for row in said["listed"]), rel=1e-4)
    assert (said["size"], said["steps"], said["hidden"], said["causal"], said["rotary"]) == (4, 5, 0, False, False)


def test_a_causal_layer_hides_what_comes_later(reverse: Network) -> None:
    said, _ = arithmetic(reverse, given(reverse, {"text": "1234=4"}), {"layer": "network[2]", "head": 0, "token": 2})
    assert [row["seen"] for row in said["listed"]] == [True] * 3 + [False] * 3
    assert (said["hidden"], said["causal"], said["rotary"]) == (3, True, True)
    assert [row["weight"] for row in said["listed"]][3:] == [0, 0, 0]


def test_of_long_sequences_and_wide_heads_only_the_largest_weights_come_with_vectors(
    sentences: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arithmetic_module, "MOST_TOKENS", 3)
    monkeypatch.setattr(arithmetic_module, "MOST_VECTORS", 16)
    said, _ = arithmetic(sentences, sentence(sentences), {"layer": "network[2]", "head": 0, "token": 0})
    weights = observe(sentences.run.model, sentence(sentences).x, "network[2]", "attention")[0, 0, 0]
    largest = weights.argsort(descending=True).tolist()
    assert [row["token"] for row in said["listed"]] == sorted(largest[:3])
    assert {row["token"] for row in said["listed"] if "key" in row} == set(largest[:2])
    assert said["steps"] == 5


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"layer": "network[2]", "head": 0, "token": None},
        {"layer": 2, "head": 0, "token": 0},
        {"layer": "network[2]", "head": True, "token": 0},
    ],
)
def test_an_incomplete_question_is_answered_with_what_to_do(sentences: Network, message: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="Choose a layer"):
        arithmetic(sentences, sentence(sentences), message)


@pytest.mark.parametrize(("layer", "head", "token"), [("network[0]", 0, 0), ("network[2]", 9, 0), ("network[2]", 0, 99), ("x" * 500, 0, 0)])
def test_what_is_not_there_is_refused(sentences: Network, layer: str, head: int, token: int) -> None:
    with pytest.raises(ExplainError):
        arithmetic(sentences, sentence(sentences), {"layer": layer, "head": head, "token": token})


def test_the_prediction_without_a_head_is_that_of_the_network_cut_in_another_way(sentences: Network) -> None:
    asked = sentence(sentences)
    said, _ = cut(sentences, asked, {"heads": [["network[2]", 1], ["network[3]", 0]]})
    twin = without_heads(sentences.run.model, [Head("network[2]", 1), Head("network[3]", 0)])
    for model, name in ((sentences.run.model, "before"), (twin, "after")):
        praise = torch.sigmoid(model(asked.x)).item()
        assert dict(said[name]["likeliest"])["praise"] == pytest.approx(praise, abs=1e-4)
    assert said["before"] != said["after"]


@pytest.mark.parametrize(
    "heads", [None, "all", [["network[2]"]], [["network[2]", "0"]], [[1, 2]], [["network[2]", True]], [["x" * 300, 0]]]
)
def test_invalid_heads_are_refused(sentences: Network, heads: object) -> None:
    with pytest.raises(InputError, match="heads:"):
        cut(sentences, sentence(sentences), {"heads": heads})


def test_a_measurement_is_started_followed_and_read(digits: Network) -> None:
    any_input = given(digits, {"example": 0})
    said, _ = worth(digits, any_input, {"who": "me", "heads": None, "key": None, "poll": 1})
    for poll in range(2, 2000):
        if "cuts" in said:
            break
        assert 0 <= said["share"] <= 1
        time.sleep(0.01)
        said, _ = worth(digits, any_input, {"who": "me", "heads": None, "key": said["key"], "poll": poll})
        assert said["poll"] == poll
    assert [metric["name"] for metric in said["metrics"]] == ["loss", "accuracy"]
    assert [entry["heads"] for entry in said["cuts"]] == [[], *([[f"network[{layer}]", head]] for layer in (2, 3) for head in (0, 1))]
    assert said["cuts"][1]["title"] == "3 Transformer block, head 1"
    test = digits.data.test
    with torch.inference_mode():
        predicted = digits.run.model(digits.run.encode(test.inputs)).argmax(dim=1).numpy()
    assert said["of"] == said["examples"] == len(test)
    assert said["cuts"][0]["metrics"]["accuracy"] == pytest.approx((predicted == test.targets).mean())
    json.dumps(said, allow_nan=False)


def test_a_measurement_that_is_lost_or_stopped_says_so(digits: Network) -> None:
    any_input = given(digits, {"example": 0})
    assert worth(digits, any_input, {"who": "me", "heads": None, "key": "gone"})[0]["key"] is None
    later = replace(digits, stamp=((2, 2), None))
    said, _ = worth(later, any_input, {"who": "me", "heads": None, "key": None})
    assert worth(later, any_input, {"who": "me", "key": False})[0]["key"] is None
    assert worth(later, any_input, {"who": "me", "heads": None, "key": said["key"]})[0]["key"] is None
    with pytest.raises(InputError, match="who"):
        worth(later, any_input, {"who": "", "heads": None, "key": None})


def test_attention_stands_beside_integrated_gradients_of_the_symbols(sentences: Network) -> None:
    asked = sentence(sentences)
    said, _ = beside(sentences, asked, {"layer": "network[3]", "head": 1, "token": None, "method": "", "target": None})
    json.dumps(said, allow_nan=False)
    weights = observe(sentences.run.model, asked.x, "network[3]", "attention")[0, 1]
    assert said["attention"] == pytest.approx(weights.mean(dim=0).tolist(), abs=1e-5)
    model, unknown = sentences.run.class_model, sentences.run.spec.data.encoding.unknown
    values = LayerIntegratedGradients(model, model[0]).attribute(
        asked.x, torch.full_like(asked.x, unknown), target=said["target"], n_steps=50
    )
    assert said["attribution"] == pytest.approx(values.sum(dim=2)[0].tolist(), abs=1e-3)
    assert said["parts"] == list(range(5))
    assert (said["method"], said["from"], said["answer"], said["elsewhere"]) == ("integrated_gradients", None, None, 0)
    assert said["target"] == int(model(asked.x).argmax())


def test_a_class_token_is_read_and_patches_are_the_parts(digits: Network) -> None:
    asked = given(digits, {"example": 3})
    said, _ = beside(digits, asked, {"layer": "rollout", "head": 0, "token": None, "method": "occlusion", "target": 4})
    assert (said["from"], said["target"], said["method"]) == (0, 4, "occlusion")
    assert said["parts"] == list(range(16))
    assert said["grid"] == {"rows": 4, "columns": 4, "height": 1.0, "width": 1.0}
    assert sum(said["attention"]) + said["elsewhere"] == pytest.approx(1, abs=1e-4)
    with torch.inference_mode():
        for patch in (0, 6, 15):
            covered = asked.x.clone()
            top, left = 2 * (patch // 4), 2 * (patch % 4)
            covered[:, :, top : top + 2, left : left + 2] = 0
            fall = (digits.run.model(asked.x) - digits.run.model(covered))[0, 4]
            assert said["attribution"][patch] / 4 == pytest.approx(float(fall), abs=1e-3)  # each pixel has the value of its patch


def test_where_every_step_has_an_answer_that_of_the_chosen_step_is_explained(reverse: Network) -> None:
    asked = given(reverse, {"text": "1234=4"})
    said, _ = beside(reverse, asked, {"layer": "network[2]", "head": 0, "token": 3, "method": "saliency", "target": None})
    assert (said["from"], said["answer"], said["parts"]) == (3, 3, [0, 1, 2, 3])
    assert said["target"] == int(reverse.run.model(asked.x)[0, 3].argmax())
    last, _ = beside(reverse, asked, {"layer": "network[2]", "head": 0, "token": None, "method": "saliency", "target": None})
    assert (last["answer"], last["parts"]) == (5, list(range(6)))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"layer": "network[0]", "head": 0}, "Choose a layer"),
        ({"layer": "network[3]", "head": 7}, "head: must be from 0 to 1"),
        ({"layer": "network[3]", "head": 0, "token": "first"}, "token and target"),
        ({"layer": "network[3]", "head": 0, "target": 99}, "target"),
    ],
)
def test_what_cannot_be_compared_is_refused(sentences: Network, message: dict[str, Any], words: str) -> None:
    with pytest.raises((InputError, ExplainError), match=words):
        beside(sentences, sentence(sentences), message)
