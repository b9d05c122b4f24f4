"""The Explain page for text, symbols and sequences of numbers."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import Adding, Digits8, JapaneseVowels, Parity, PythonDocs, Sentences, Waves
from playground.catalog.layers import GRU, LSTM, RNN, Attention, Conv1d, Embedding, Layer, Output, Patches, ReLU, SequencePool
from playground.catalog.layers.recurrent import Recurrent
from playground.catalog.losses import BCE, MSE, CrossEntropy, Loss
from playground.explain import METHODS, observe
from playground.explain.gradient_flow import GradientFlow
from playground.parsing import parse_spec
from playground.runs.directory import LoadedRun, load_run
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web.history import History
from playground.web.panels import explain_methods
from playground.web.panels.explain_gradients import Line, chart
from playground.web.panels.explain_series import summed
from playground.web.panels.explain_symbols import MAX_TOKENS, colored, legend
from playground.web.server import runs
from tests.own.examples import own_dataset
from tests.pages.reading import messages
from tests.pages.test_draw import trained
from tests.pages.test_explain import attributions, html


def run_of(data: object, *network: Layer, loss: Loss) -> str:
    training = TrainingSettings(epochs=1, batch_size=256)
    return trained(ExperimentSpec(data=data, network=(*network, Output()), loss=loss, training=training))  # type: ignore[arg-type]


def loaded(address: str) -> LoadedRun:
    return load_run(runs().info(runs().resolve(address).run_id).directory)


@pytest.fixture(scope="module")
def sentences() -> str:
    return run_of(Sentences(samples=400), Embedding(width=8), LSTM(units=6), loss=BCE())


@pytest.fixture(scope="module")
def vowels() -> str:
    return run_of(JapaneseVowels(), GRU(units=6, bidirectional=True), loss=CrossEntropy())


@pytest.fixture(scope="module")
def steps() -> str:
    return run_of(Parity(samples=300, answers="steps"), Embedding(width=4), GRU(units=4, returns="all"), loss=BCE())


def shown(app: AppTest) -> int:
    (number,) = set(re.findall(r"Test example (\d+)", html(app)))
    return int(number)


def maps(app: AppTest, key: str) -> dict[str, object]:
    import json

    (component,) = [
        each for each in app.get("bidi_component") if each.proto.component_name == "playground.step_maps" and key in each.proto.id
    ]
    told: dict[str, object] = json.loads(component.proto.bytes)
    return told


def test_a_sentence_is_shown_as_colored_tokens_by_every_method(visit: Callable[..., AppTest], sentences: str) -> None:
    app = visit("explain", run=sentences)
    cards, run = attributions(app), loaded(sentences)
    assert list(cards) == METHODS.kinds()
    raw = run.spec.data.load().test.inputs[shown(app)]
    count = int((raw != 0).sum())
    assert all(cards[kind].count("pg-token ") + cards[kind].count('pg-token"') == count for kind in METHODS.kinds() if kind != "grad_cam")
    assert "feature maps of a convolution" in cards["grad_cam"]
    x = torch.from_numpy(np.array(raw))[None]
    with torch.no_grad():
        change = run.class_model(x) - run.class_model(torch.where(x == 0, 0, run.spec.data.encoding.unknown))
    predicted = int(run.probabilities(x).argmax())
    total = float(re.findall(r"adds up to (−?[\d.]+(?:·10\S+)?)", cards["integrated_gradients"])[0].replace("−", "-"))
    assert total == pytest.approx(float(change[0, predicted]), rel=0.03)
    assert abs(float(re.findall(r'data-delta="([^"]+)"', cards["integrated_gradients"])[0])) < 1e-3


def test_a_typed_sentence_with_an_unknown_word_is_explained(visit: Callable[..., AppTest], sentences: str) -> None:
    app = visit("explain", run=sentences)
    app.get("button_group")[0].set_value("Your own").run()
    app.text_area[0].set_value("The zyzzyva was not <b>bad</b>").run()
    assert not app.exception
    assert "Your own sequence is classified as" in html(app)
    assert "zyzzyva (unknown: not in the vocabulary)" in html(app)
    assert "Dashed: not in the vocabulary" in html(app)
    assert "<b>bad" not in html(app)
    app.text_area[0].set_value("").run()
    assert "Nothing typed yet" in messages(app)
    app.text_area[0].set_value("good " * 3000).run()
    assert any("only the first" in caption.value for caption in app.caption)
    assert list(attributions(app)) == METHODS.kinds()


def test_another_target_has_the_opposite_colors(visit: Callable[..., AppTest], sentences: str) -> None:
    app = visit("explain", run=sentences)
    signs = re.findall(r"pg-for|pg-against", attributions(app)["integrated_gradients"])
    target = 1 - loaded(sentences).classes.index(re.findall(r'data-label="([^"]+)"', html(app))[0])
    app.selectbox(key="explain-target").select(target).run()
    opposite = {"pg-for": "pg-against", "pg-against": "pg-for"}
    assert re.findall(r"pg-for|pg-against", attributions(app)["integrated_gradients"]) == [opposite[sign] for sign in signs]


def test_sequences_of_numbers_are_maps_of_steps_and_features(visit: Callable[..., AppTest], vowels: str) -> None:
    app = visit("explain", run=vowels)
    assert list(attributions(app)) == METHODS.kinds()
    raw = loaded(vowels).spec.data.load().test.inputs[shown(app)]
    length = int((~np.isnan(raw).any(axis=1)).sum())
    told = maps(app, "explain-values-integrated_gradients")
    assert len(told["steps"]) == length  # type: ignore[arg-type]
    assert told["maps"][0]["rows"][0] == "Coefficient 1"  # type: ignore[index]
    app.get("button_group")[0].set_value("Your own").run()
    app.text_area[0].set_value("1 2 3").run()
    assert "expected 12 numbers, got 3" in messages(app)


def test_states_and_gates_are_those_of_the_layer(visit: Callable[..., AppTest], sentences: str) -> None:
    import base64

    app = visit("explain", run=sentences)
    told, run = maps(app, "explain-states"), loaded(sentences)
    x = torch.from_numpy(np.array(run.spec.data.load().test.inputs[shown(app)]))[None]
    length = int((x != 0).sum())
    by_name = {each["name"]: each for each in told["maps"]}  # type: ignore[attr-defined]
    assert list(by_name) == ["answer", "hidden", "cell", "input", "forget", "candidate", "output"]
    gates = observe(run.model, x, "network[1]", "gates")[0, :length]
    for index, name in enumerate(("input", "forget", "candidate", "output")):
        values = np.frombuffer(base64.b64decode(by_name[name]["values"]), np.float32).reshape(6, length)
        np.testing.assert_allclose(values.T, gates[:, index], atol=1e-6)
    answers = np.frombuffer(base64.b64decode(by_name["answer"]["values"]), np.float32).reshape(2, length)
    np.testing.assert_allclose(answers[:, -1], run.probabilities(x)[0], atol=1e-5)
    np.testing.assert_allclose(answers[:, 2], run.probabilities(x[:, :3])[0], atol=1e-5)


def test_an_answer_at_every_step_is_explained_step_by_step(visit: Callable[..., AppTest], steps: str) -> None:
    app = visit("explain", run=steps)
    (slider,) = app.slider
    last = attributions(app)["occlusion"]
    slider.set_value(2).run()
    assert ", step 2 “" in html(app)
    assert attributions(app)["occlusion"] != last
    assert not app.exception


@pytest.mark.parametrize(
    ("data", "network", "loss"),
    [
        (Waves(steps=400, window=24, horizon=3), (GRU(units=4),), MSE()),
        (Adding(samples=200, length=12), (LSTM(units=4, bidirectional=True, layers=2),), MSE()),
        (PythonDocs(window=16, stride=512), (Embedding(width=4), LSTM(units=4, returns="all")), CrossEntropy()),
        (Sentences(samples=200), (Embedding(width=4), Attention(heads=2), SequencePool()), BCE()),
        (Sentences(samples=200), (Embedding(width=4), Conv1d(filters=4), ReLU(), SequencePool(how="max")), BCE()),
        (JapaneseVowels(), (Conv1d(filters=4, stride=2), ReLU(), SequencePool()), CrossEntropy()),
        (Digits8(), (Patches(size=2, width=4), RNN(units=4)), CrossEntropy()),
        ("own_text", (Embedding(width=4), GRU(units=4)), BCE()),
        ("own_corpus", (Embedding(width=4), GRU(units=4, returns="all")), CrossEntropy()),
        ("own_series", (LSTM(units=4),), MSE()),
    ],
)
def test_every_kind_of_task_is_explained(visit: Callable[..., AppTest], data: object, network: tuple[Layer, ...], loss: Loss) -> None:
    app = visit("explain", run=run_of(own_dataset(data) if isinstance(data, str) else data, *network, loss=loss))
    cards = attributions(app)
    assert list(cards) == METHODS.kinds()
    refused = [kind for kind, card in cards.items() if "pg-refused" in card]
    assert refused == ([] if any(isinstance(layer, Conv1d) for layer in network) else ["grad_cam"])
    recurrent = any(isinstance(layer, Recurrent) for layer in network)
    assert ("Vanishing gradients" in [each.value for each in app.subheader]) == recurrent
    assert not messages(app)
    if recurrent:
        assert "hidden" in [each["name"] for each in maps(app, "explain-states")["maps"]]  # type: ignore[attr-defined]
    if isinstance(data, Waves):
        app.selectbox(key="explain-value").select(2).run()
        assert "3 steps ahead" in html(app)


def test_what_would_take_minutes_is_refused_with_the_remedy(
    visit: Callable[..., AppTest], vowels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain_methods, "_MOST_PRODUCTS", 1)
    app = visit("explain", run=vowels)
    cards = attributions(app)
    assert "would take minutes. Choose fewer steps under Settings" in cards["integrated_gradients"]
    assert "Choose a larger window and stride" in cards["occlusion"]
    assert "minutes" not in cards["saliency"]


def test_a_run_of_this_visit_with_another_kind_of_layer_is_measured_too(visit: Callable[..., AppTest], sentences: str) -> None:
    other = run_of(Sentences(samples=400), Embedding(width=8), GRU(units=6), loss=BCE())
    different = run_of(Sentences(samples=400), Embedding(width=8), GRU(units=7), loss=BCE())
    app = visit("explain", run=sentences)
    legend = re.findall(r"<li>.*?(\w+), (this network|untrained)", html(app))
    assert legend == [("LSTM", "this network"), ("RNN", "untrained"), ("LSTM", "untrained"), ("GRU", "untrained")]
    assert app.button(key="explain-flow-rnn").label == "Try it with RNN"
    app.session_state["values"]["runs"] = [different, other, sentences]
    app.run()
    (steps,) = re.findall(r"GRU, after (\d+) steps", "".join(re.findall(r"<li>.*?</li>", html(app))))
    assert int(steps) == loaded(other).step
    assert {button.key for button in app.button if str(button.key).startswith("explain-flow")} == {"explain-flow-rnn"}
    app.button(key="explain-flow-rnn").click().run()
    assert not app.exception
    assert edited(app)[1] == RNN(units=6)


def edited(app: AppTest) -> tuple[Layer, ...]:
    """The network being edited."""
    return parse_spec(History.of(app.session_state["values"]["history"]).present.json).network


def test_the_values_of_a_forecast_have_names() -> None:
    assert Waves(horizon=2).value_names == ("1 step ahead", "2 steps ahead")
    assert Adding().value_names == ("Sum",)


def test_of_a_long_sequence_the_values_of_neighbors_are_summed() -> None:
    values = np.arange(30, dtype=np.float32).reshape(10, 3)
    joined, names = summed(values, 4)
    assert names == ("1–3", "4–6", "7–9", "10–10")
    np.testing.assert_array_equal(joined[0], values[:3].sum(0))
    assert joined.sum() == values.sum()
    assert summed(values, 10)[1] == tuple(map(str, range(1, 11)))


def test_tokens_show_their_sign_their_number_and_what_is_left_out() -> None:
    shown = colored(["<a>", "b", "c"], [2.0, -1.0, 0.0], [False, True, False], "d")
    assert shown.count("<small>") == 3
    assert "+2.00" in shown
    assert "−1.00" in shown
    assert "<a>" not in shown
    assert re.findall(r"--share:([\d.]+)", shown) == ["1.00", "0.50", "0.00"]
    assert "−2.00" in legend([2.0, -1.0])
    long = colored(["x"] * 1000, [0.1] * 1000, [False] * 1000, "d")
    assert long.count("pg-token ") == MAX_TOKENS
    assert "600 more" in long


def test_norms_of_every_size_are_drawn() -> None:
    lines = [Line("a", "rnn", True, GradientFlow(norms, 1)) for norms in ((1.0,), (1.0, 1e-20, 0.0), (0.0, 0.0), (1e300, 1e-300))]
    for line in lines:
        assert "data:image/svg" in chart([line])
    assert "nan" not in chart(lines)
