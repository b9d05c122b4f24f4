"""The predict route: real digits as ink through the real socket and the pretrained network; and whatever else a browser may send."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from playground.catalog.datasets import Circle, Digits8, MnistSample
from playground.catalog.datasets.examples import Array
from playground.catalog.layers import Dense, Flatten, Output, ReLU
from playground.catalog.losses import BCE, CrossEntropy
from playground.network import build_model
from playground.runs.directory import RunDirectory, load_run
from playground.spec import ExperimentSpec
from playground.web import networks
from playground.web.pretrained import PRETRAINED
from playground.web.reading import read_drawing, why_not_drawable
from playground.web.routes import newest
from playground.web.routes.newest import FrameError
from playground.web.routes.predict import parse
from tests.web.one_run import OneRun

SIDE = 112
SPEC = ExperimentSpec(data=MnistSample(), network=(Flatten(), Dense(units=8), ReLU(), Output()), loss=CrossEntropy())
TEST = MnistSample().load().test


def canvas(pixels: Array, seed: int = 0) -> Array:
    """A small picture as ink on a canvas of 112×112, at a size of 40 to 100 %, anywhere."""
    random = np.random.default_rng(seed)
    side = round(SIDE * random.uniform(0.4, 1))
    top, left = random.integers(0, SIDE - side + 1, 2)
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[top : top + side, left : left + side] = np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC))
    return ink


def frame(ink: Array, seq: int = 1) -> bytes:
    return struct.pack("<BIHH", 1, seq, ink.shape[1], ink.shape[0]) + ink.tobytes()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    """The directory of the run "mine", with a spec and no weights yet."""
    directory = RunDirectory(tmp_path / "run")
    directory.write_spec(SPEC)
    monkeypatch.setattr(networks, "runs", lambda: OneRun(directory.path))
    return directory


def ask(socket: WebSocketTestSession, ink: Array, seq: int = 1) -> dict[str, Any]:
    socket.send_bytes(frame(ink, seq))
    answer: dict[str, Any] = json.loads(socket.receive_text())
    return answer


def test_real_test_digits_are_recognized_through_the_socket(client: TestClient, run: RunDirectory) -> None:
    numbers = np.random.default_rng(1).permutation(len(TEST))[:50]
    with client.websocket_connect("/predict/digits") as socket:
        answers = [ask(socket, canvas(TEST.inputs[number][0], int(number)), seq) for seq, number in enumerate(numbers)]
    assert [answer["seq"] for answer in answers] == list(range(50))
    right = sum(answer["label"] == str(TEST.targets[number]) for answer, number in zip(answers, numbers, strict=True))
    assert right >= 47


def test_an_answer_is_what_the_network_says_of_the_picture_that_it_shows(client: TestClient, run: RunDirectory) -> None:
    pretrained = load_run(PRETRAINED["digits"].directory)
    with client.websocket_connect("/predict/digits") as socket:
        answer = ask(socket, canvas(TEST.inputs[5][0]))
    seen = np.frombuffer(base64.b64decode(answer["seen"]), np.uint8).reshape(answer["side"])
    expected = pretrained.probabilities(pretrained.encode(seen[None]))[0].numpy()
    # What is shown is rounded to 256 grays; what was answered is not.
    assert np.allclose(answer["probabilities"], expected, atol=0.02)
    assert answer["probabilities"][answer["classes"].index(answer["label"])] == max(answer["probabilities"])
    assert answer["step"] == pretrained.step
    assert answer["milliseconds"] >= 0


def test_a_network_that_takes_standardized_images_gets_the_drawing_standardized(client: TestClient, run: RunDirectory) -> None:
    spec = SPEC.model_copy(update={"data": MnistSample(standardise=True)})
    run.write_spec(spec)
    run.write_weights(build_model(spec).state_dict())
    with client.websocket_connect("/predict/mine") as socket:
        answer = ask(socket, canvas(TEST.inputs[5][0]))
    seen = np.frombuffer(base64.b64decode(answer["seen"]), np.uint8).reshape(1, 1, 28, 28)
    train = np.asarray(MnistSample().load().train.inputs) / 255
    pixels = torch.from_numpy(((seen / 255 - train.mean()) / train.std()).astype(np.float32))
    expected = load_run(run.path).probabilities(pixels)[0].numpy()
    assert np.allclose(answer["probabilities"], expected, atol=0.02)
    assert answer["similar"][0]["similarity"] > 0.6


def test_the_similar_digits_come_from_the_training_set_nearest_first(client: TestClient, run: RunDirectory) -> None:
    train = MnistSample().load().train
    with client.websocket_connect("/predict/digits") as socket:
        answer = ask(socket, canvas(TEST.inputs[7][0]))
    rows = np.asarray(train.inputs, np.float64).reshape(len(train), -1)
    seen = np.frombuffer(base64.b64decode(answer["seen"]), np.uint8).astype(np.float64)
    cosines = rows @ seen / np.linalg.norm(rows, axis=1) / np.linalg.norm(seen)
    nearest = int(cosines.argmax())
    first = answer["similar"][0]
    assert np.array_equal(np.frombuffer(base64.b64decode(first["pixels"]), np.uint8).reshape(28, 28), train.inputs[nearest][0])
    assert first["label"] == str(train.targets[nearest])
    assert first["similarity"] == pytest.approx(cosines[nearest], abs=1e-3)
    assert [each["similarity"] for each in answer["similar"]] == sorted((each["similarity"] for each in answer["similar"]), reverse=True)


def test_an_empty_canvas_is_told_as_such(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/predict/digits") as socket:
        answer = ask(socket, np.zeros((SIDE, SIDE), np.uint8), 9)
    assert answer["seq"] == 9
    assert answer["empty"] is True
    assert "draw" in answer["error"]


HOSTILE = {
    "nothing": b"",
    "a cut header": b"\x01\x00\x00",
    "another version": struct.pack("<BIHH", 2, 1, 1, 1) + b"x",
    "no width": struct.pack("<BIHH", 1, 1, 0, 8),
    "too wide": struct.pack("<BIHH", 1, 1, 65535, 65535),
    "too little ink": struct.pack("<BIHH", 1, 1, 28, 28) + b"x" * 783,
    "too much ink": struct.pack("<BIHH", 1, 1, 28, 28) + b"x" * 785,
    "a megabyte": b"\x01" * 1_000_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_frame_is_refused_in_words_and_the_next_drawing_answered(client: TestClient, run: RunDirectory, data: bytes) -> None:
    with pytest.raises(FrameError):
        parse(data)
    with client.websocket_connect("/predict/digits") as socket:
        socket.send_bytes(data)
        assert json.loads(socket.receive_text())["error"]
        assert ask(socket, canvas(TEST.inputs[0][0]))["label"] == str(TEST.targets[0])


def test_text_is_refused_and_who_sends_nothing_else_is_hung_up_on(client: TestClient, run: RunDirectory) -> None:
    with client.websocket_connect("/predict/digits") as socket:
        for _ in range(newest.MAX_BAD_FRAMES):
            socket.send_text('{"seq": 1}')
            assert "binary" in json.loads(socket.receive_text())["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == newest.TOO_MANY_ERRORS


@pytest.mark.parametrize("address", ["w" + "x" * 22, "digits ", "DIGITS"])
def test_an_unknown_address_is_told_and_closed(client: TestClient, run: RunDirectory, address: str) -> None:
    with client.websocket_connect(f"/predict/{address}") as socket:
        assert "no run" in json.loads(socket.receive_text())["error"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == newest.NOT_FOUND


def test_a_drawing_waits_for_the_first_weights_and_follows_newer_ones_unasked(client: TestClient, run: RunDirectory) -> None:
    ink = canvas(TEST.inputs[0][0])
    first, later = build_model(SPEC), build_model(SPEC.model_copy(update={"training": SPEC.training.model_copy(update={"seed": 1})}))
    with client.websocket_connect("/predict/mine") as socket:
        waiting = ask(socket, ink, 5)
        assert waiting["waiting"] is True
        run.write_snapshot(first.state_dict(), 10)
        one = json.loads(socket.receive_text())
        run.write_snapshot(later.state_dict(), 20)
        other = json.loads(socket.receive_text())
    assert [one["seq"], other["seq"]] == [5, 5]
    assert [one["step"], other["step"]] == [10, 20]
    for answer, model in ((one, first), (other, later)):
        expected = model(read_drawing(SPEC, ink)).softmax(1)[0].tolist()
        assert answer["probabilities"] == pytest.approx(expected, abs=2e-5)


def test_weights_that_are_not_numbers_are_told(client: TestClient, run: RunDirectory) -> None:
    tensors = {name: tensor * float("nan") for name, tensor in build_model(SPEC).state_dict().items()}
    run.write_weights(tensors, 3)
    with client.websocket_connect("/predict/mine") as socket:
        assert "diverged" in ask(socket, canvas(TEST.inputs[0][0]))["error"]


def test_damaged_weights_are_told_without_the_place_where_they_lie(client: TestClient, run: RunDirectory) -> None:
    (run.path / "model.safetensors").write_bytes(b"damaged")
    with client.websocket_connect("/predict/mine") as socket:
        error = ask(socket, canvas(TEST.inputs[0][0]))["error"]
    assert "damaged" in error
    assert str(run.path) not in error


def test_a_network_on_points_says_why_it_cannot_read_drawings(client: TestClient, run: RunDirectory) -> None:
    points = ExperimentSpec(data=Circle(), network=(Dense(units=4), ReLU(), Output()), loss=BCE())
    run.write_spec(points)
    run.write_weights(build_model(points).state_dict(), 1)
    with client.websocket_connect("/predict/mine") as socket:
        error = ask(socket, canvas(TEST.inputs[0][0]))["error"]
    assert why_not_drawable(points) in error
    assert "points" in error


def test_only_the_newest_of_many_drawings_must_be_answered(client: TestClient, run: RunDirectory) -> None:
    inks = [canvas(TEST.inputs[number][0]) for number in range(40)]
    with client.websocket_connect("/predict/digits") as socket:
        for seq, ink in enumerate(inks):
            socket.send_bytes(frame(ink, seq))
        seen = [json.loads(socket.receive_text())["seq"]]
        while seen[-1] != 39:
            seen.append(json.loads(socket.receive_text())["seq"])
    assert seen == sorted(set(seen))


def test_a_drawing_for_a_network_of_eight_by_eight_looks_like_its_own_data() -> None:
    """scikit-learn's nearest neighbors, taught the dataset's own digits, recognize those digits drawn large and read back."""
    spec = SPEC.model_copy(update={"data": Digits8()})
    data = Digits8().load()
    teacher = KNeighborsClassifier(3).fit(np.asarray(data.train.inputs).reshape(len(data.train), -1) / 255, np.asarray(data.train.targets))
    read = np.stack([read_drawing(spec, canvas(pixels[0], 3)).flatten().numpy() for pixels in data.test.inputs[:100]])
    assert read.shape == (100, 64)
    assert teacher.score(read, np.asarray(data.test.targets[:100])) >= 0.9
