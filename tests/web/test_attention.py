"""The attention route: maps and predictions for inputs through the real socket, against `observe`; and whatever else a browser may send."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.catalog.datasets import BasicMotions, Circle, Digits8, Rearranging, Sentences
from playground.catalog.layers import (
    Attention,
    ClassToken,
    Dense,
    Embedding,
    Layer,
    Output,
    Parallel,
    Patches,
    Positions,
    Residual,
    SequencePool,
    TransformerBlock,
)
from playground.catalog.losses import BCE, CrossEntropy
from playground.explain import observe
from playground.explain.attention import rollout
from playground.network import build_model
from playground.runs.directory import RunDirectory, load_run
from playground.spec import ExperimentSpec
from playground.web import attention_maps, networks
from playground.web.routes import newest
from playground.web.routes.attention import MAX_BYTES, parse
from playground.web.routes.newest import FrameError
from tests.web.one_run import OneRun


def words(*layers: Layer) -> ExperimentSpec:
    network = (Embedding(width=8), Positions(), *layers, SequencePool(), Output())
    return ExperimentSpec(data=Sentences(samples=60), network=network, loss=BCE())


TEXT = words(TransformerBlock(heads=2), Residual(layers=(Attention(heads=4, causal=True),)))
REVERSE = ExperimentSpec(
    data=Rearranging(samples=60, length=5, shortest=5),
    network=(Embedding(width=8), Positions(), Attention(heads=2), Output()),
    loss=CrossEntropy(),
)
NEXT = REVERSE.model_copy(
    update={
        "data": Rearranging(samples=60, length=3, shortest=3, answers="after"),
        "network": (Embedding(width=8), Positions(), Attention(heads=2, causal=True), Output()),
    }
)
IMAGES = ExperimentSpec(
    data=Digits8(),
    network=(Patches(size=4, width=8), ClassToken(), TransformerBlock(heads=2), SequencePool(how="first"), Output()),
    loss=CrossEntropy(),
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    """The directory of the run "mine", without a spec."""
    directory = RunDirectory(tmp_path / "run")
    monkeypatch.setattr(networks, "runs", lambda: OneRun(directory.path))
    return directory


def trained(run: RunDirectory, spec: ExperimentSpec, seed: int = 0) -> torch.nn.Module:
    """Puts a network of this experiment into the run, as if it had been trained for 7 steps."""
    model = build_model(spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})}))
    run.write_spec(spec)
    run.write_weights(model.state_dict(), 7)
    return model.eval()


def received(socket: WebSocketTestSession) -> tuple[dict[str, Any], bytes]:
    frame = socket.receive_bytes()
    (length,) = struct.unpack_from("<I", frame)
    return json.loads(frame[4 : 4 + length]), frame[4 + length :]


def ask(socket: WebSocketTestSession, given: dict[str, Any], seq: int = 1, step: int | None = None) -> tuple[dict[str, Any], bytes]:
    socket.send_text(json.dumps({"ask": "maps", "seq": seq, "input": given, "step": step}))
    return received(socket)


def maps_of(header: dict[str, Any], payload: bytes) -> list[np.ndarray[Any, Any]]:
    """The maps of each layer, (heads, query, key), and of the rollout, (query, key), in [0, 1]."""
    weights, maps = np.frombuffer(payload, "<u2") / attention_maps.ONE, []
    for layer in header["layers"]:
        size = layer["heads"] * layer["steps"] ** 2
        maps.append(weights[:size].reshape(layer["heads"], layer["steps"], layer["steps"]))
        weights = weights[size:]
    if header["rollout"]:
        maps.append(weights.reshape(header["layers"][0]["steps"], -1))
    else:
        assert not len(weights)
    return maps


def test_typed_text_gives_the_maps_of_every_layer_and_the_rollout(client: TestClient, run: RunDirectory) -> None:
    model = trained(run, TEXT)
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"text": "The plot wasn't bad zzz!"}, 5)
    assert (header["ask"], header["seq"], header["step"]) == ("maps", 5, 7)
    assert header["input"]["tokens"] == ["the", "plot", "wasn't", "bad", "zzz", "!"]
    assert header["input"]["unknown"] == [4]
    assert [layer["path"] for layer in header["layers"]] == ["network[2]", "network[3].layers[0]"]
    assert [layer["causal"] for layer in header["layers"]] == [False, True]
    assert [layer["marks"] for layer in header["layers"]] == [list(range(6))] * 2
    x = torch.from_numpy(TEXT.data.encoding.read("the plot wasn't bad zzz!"))[None]
    expected = [observe(model, x, layer["path"], "attention") for layer in header["layers"]]
    maps = maps_of(header, payload)
    for shown, weights in zip(maps, [*(weights[0] for weights in expected), rollout(expected)[0]], strict=True):
        np.testing.assert_allclose(shown, weights.numpy(), atol=1e-5)
    probability = float(torch.sigmoid(model(x).detach())[0, 0])
    prediction = header["prediction"]
    assert dict(prediction["likeliest"]) == pytest.approx({"praise": probability, "complaint": 1 - probability}, abs=1e-5)
    assert prediction["label"] == ("praise" if probability > 0.5 else "complaint")


def test_a_test_example_can_be_typed_again_and_padding_is_left_out(client: TestClient, run: RunDirectory) -> None:
    trained(run, TEXT)
    test = TEXT.data.load().test
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"example": 3})
        again, repeated = ask(socket, {"text": header["input"]["text"]})
        last, _ = ask(socket, {"example": 10**9})
    valid = int((test.inputs[3] != 0).sum())
    assert len(header["input"]["tokens"]) == valid == header["layers"][0]["steps"]
    assert (again["input"]["tokens"], repeated) == (header["input"]["tokens"], payload)
    for weights in maps_of(header, payload):
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-3)
    assert header["prediction"]["truth"] == TEXT.data.classes[int(test.targets[3])]
    assert last["input"]["example"] == len(test) - 1


def test_answers_at_every_step_come_with_their_truth(client: TestClient, run: RunDirectory) -> None:
    model = trained(run, REVERSE)
    with client.websocket_connect("/attention/mine") as socket:
        header, _ = ask(socket, {"example": 0})
        typed, _ = ask(socket, {"text": "1 2x3 45"})
        short, _ = ask(socket, {"text": "123"})
        long, _ = ask(socket, {"text": "12345678"})
    assert header["prediction"]["truth"] == header["input"]["tokens"][::-1]
    x = torch.tensor([[2, 3, 4, 5, 6]])
    assert typed["prediction"]["labels"] == [str(label) for label in model(x)[0].argmax(dim=1).tolist()]
    assert "x" in typed["input"]["notes"][0]
    assert short["input"]["tokens"] == list("123")
    assert long["input"]["tokens"] == list("12345")
    assert "first 5" in long["input"]["notes"][0]


def test_the_next_symbol_is_predicted_from_the_last_ones(client: TestClient, run: RunDirectory) -> None:
    model = trained(run, NEXT)
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"text": "00123="})
        longer, _ = ask(socket, {"text": "9900123="})
    assert longer["input"]["tokens"] == list("00123=")
    probabilities = model(torch.from_numpy(NEXT.data.encoding.read("00123="))[None])[0, -1].softmax(dim=0)
    assert header["prediction"]["likeliest"][0] == [
        NEXT.data.classes[int(probabilities.argmax())],
        pytest.approx(float(probabilities.detach().max()), abs=1e-4),
    ]
    assert not np.triu(maps_of(header, payload)[0][0], 1).any()


def test_a_drawing_is_attended_to_patch_by_patch(client: TestClient, run: RunDirectory) -> None:
    model = trained(run, IMAGES)
    ink = np.zeros((112, 112), np.uint8)
    ink[20:90, 50:62] = 255
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"ink": base64.b64encode(ink.tobytes()).decode()})
        empty, _ = ask(socket, {"ink": ""})
    (layer,) = header["layers"]
    assert layer["marks"] == [-1, 0, 1, 2, 3]
    assert layer["grid"] == {"rows": 2, "columns": 2, "height": 1.0, "width": 1.0}
    seen = np.frombuffer(base64.b64decode(header["input"]["image"]["pixels"]), np.uint8).reshape(header["input"]["image"]["side"])
    expected = observe(model, torch.from_numpy(seen / 255).float()[None, None], "network[2]", "attention")[0]
    np.testing.assert_allclose(maps_of(header, payload)[0], expected.numpy(), atol=0.01)  # the network saw more than 256 grays
    assert empty["empty"] is True


def test_sequences_of_numbers_have_their_steps_as_tokens_with_their_values(client: TestClient, run: RunDirectory) -> None:
    data = BasicMotions(standardise=True)
    network = (Dense(units=8), Attention(heads=2), SequencePool(), Output())
    trained(run, ExperimentSpec(data=data, network=network, loss=CrossEntropy()))
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"example": 2})
        typed, again = ask(socket, {"text": header["input"]["text"]})
        refused, _ = ask(socket, {"text": "1 2 3 4 5 6\n1 2 3"})
    assert header["input"]["tokens"] == typed["input"]["tokens"] == [str(step) for step in range(1, 101)]
    assert len(payload) == 2 * (2 + 1) * 100 * 100
    step = data.load().test.inputs[2][41]
    assert header["input"]["values"][41] == ", ".join(f"{name} {value:.4g}" for name, value in zip(data.feature_names, step, strict=True))
    assert typed["input"]["values"] == header["input"]["values"]
    assert np.abs(np.frombuffer(payload, "<u2").astype(int) - np.frombuffer(again, "<u2")).max() < 200  # typed with four digits
    assert "Line 2: expected 6 numbers, got 3" in refused["error"]


def test_maps_follow_a_run_that_trains_and_go_back_to_its_earlier_steps(client: TestClient, run: RunDirectory) -> None:
    run.write_spec(REVERSE)
    models = [build_model(REVERSE.model_copy(update={"training": REVERSE.training.model_copy(update={"seed": seed})})) for seed in range(3)]
    with client.websocket_connect("/attention/mine") as socket:
        waiting, _ = ask(socket, {"text": "12345"}, 4)
        assert waiting["waiting"] is True
        run.write_snapshot(models[0].state_dict(), 10)
        first, _ = received(socket)
        run.write_snapshot(models[1].state_dict(), 20)
        second, payload = received(socket)
        early, earlier = ask(socket, {"text": "12345"}, 5, step=10)
        run.write_snapshot(models[2].state_dict(), 30)
        again, same = received(socket)
    assert [first["step"], second["step"], early["step"], again["step"]] == [10, 20, 10, 10]
    assert (second["history"], again["history"]) == ([10, 20], [10, 20, 30])
    assert earlier == same != payload
    expected = observe(load_run(run.path, 10).model, torch.tensor([[2, 3, 4, 5, 6]]), "network[2]", "attention")[0]
    np.testing.assert_allclose(maps_of(early, earlier)[0], expected.numpy(), atol=1e-5)


def test_there_is_no_rollout_over_branches(client: TestClient, run: RunDirectory) -> None:
    trained(run, words(Parallel(branch=((Attention(),), (Attention(),)), join="add")))
    with client.websocket_connect("/attention/mine") as socket:
        header, payload = ask(socket, {"text": "not bad"})
    assert header["rollout"] is False
    assert "side by side" in header["why_no_rollout"]
    assert len(maps_of(header, payload)) == 2


def test_what_cannot_be_shown_is_said_in_words(client: TestClient, run: RunDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    def error(given: dict[str, Any]) -> str:
        with client.websocket_connect("/attention/mine") as socket:
            return str(ask(socket, given)[0]["error"])

    points = ExperimentSpec(data=Circle(), network=(Dense(units=4), Output()), loss=BCE())
    trained(run, points)
    assert "no attention" in error({"example": 0})
    model = trained(run, TEXT)
    assert "Type something" in error({"text": " \n"})
    assert "Type something" in error({})
    assert "cannot read drawings" in error({"ink": "AAAA"})
    with monkeypatch.context() as small:
        small.setattr(attention_maps, "MAX_WEIGHTS", 100)
        assert "Too many to show" in error({"text": "a b c d e f"})
    run.write_weights({name: tensor * float("nan") for name, tensor in model.state_dict().items()}, 3)
    assert "diverged" in error({"text": "not bad"})
    (run.path / "model.safetensors").write_bytes(b"damaged")
    assert "damaged" in error({"text": "not bad"})


@pytest.mark.parametrize(
    "text",
    ["\N{GRINNING FACE}" * 50, "\x00\x1b\u202e", "שלום עולם", "a" * 60_000, "bad " * 10_000],
    ids=["emoji", "control", "rtl", "long word", "many"],
)
def test_any_text_is_read_up_to_the_limit(client: TestClient, run: RunDirectory, text: str) -> None:
    trained(run, TEXT)
    with client.websocket_connect("/attention/mine") as socket:
        header, _ = ask(socket, {"text": text})
    assert "error" not in header
    assert 0 < len(header["input"]["tokens"]) <= TEXT.data.shape[0]


HOSTILE = {
    "no JSON": "{",
    "a list": "[1]",
    "deep": "[" * 90_000,
    "another ask": '{"ask": "secrets", "seq": 1, "input": {}}',
    "no seq": '{"ask": "maps", "input": {}}',
    "a seq that is no number": '{"ask": "maps", "seq": true, "input": {}}',
    "a step that is no number": '{"ask": "maps", "seq": 1, "step": "10", "input": {}}',
    "no input": '{"ask": "maps", "seq": 1}',
    "too long": json.dumps({"ask": "maps", "seq": 1, "input": {"text": "x" * MAX_BYTES}}),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_is_refused_in_words_and_the_next_one_answered(client: TestClient, run: RunDirectory, text: str) -> None:
    trained(run, REVERSE)
    with pytest.raises(FrameError):
        parse(text)
    with client.websocket_connect("/attention/mine") as socket:
        socket.send_text(text)
        assert json.loads(socket.receive_text())["error"]
        assert ask(socket, {"text": "12345"})[0]["layers"]


def test_bytes_are_refused_and_who_sends_nothing_else_is_hung_up_on(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/attention/mine") as socket:
        for _ in range(newest.MAX_BAD_FRAMES):
            socket.send_bytes(b"{}")
            assert "JSON" in json.loads(socket.receive_text())["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == newest.TOO_MANY_ERRORS


def test_an_unknown_address_is_told_and_closed(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/attention/elsewhere") as socket:
        socket.send_text(json.dumps({"ask": "maps", "seq": 1, "input": {"text": "1"}}))
        assert "no run" in json.loads(socket.receive_text())["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == newest.NOT_FOUND


def test_only_the_newest_of_many_inputs_must_be_answered(client: TestClient, run: RunDirectory) -> None:
    trained(run, REVERSE)
    with client.websocket_connect("/attention/mine") as socket:
        for seq in range(40):
            socket.send_text(json.dumps({"ask": "maps", "seq": seq, "input": {"text": str(seq)}}))
        seen = [received(socket)[0]["seq"]]
        while seen[-1] != 39:
            seen.append(received(socket)[0]["seq"])
    assert seen == sorted(set(seen))
