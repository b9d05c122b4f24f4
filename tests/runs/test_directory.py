"""A run directory: what is written is read back, and anything else in it is refused in plain words."""

import dataclasses
import json
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from playground.catalog.datasets import Circle, DataError, Diabetes, Iris
from playground.catalog.layers import Dense, Flatten, Output, Tanh
from playground.catalog.losses import BCE
from playground.explain import attribute
from playground.network import build_model
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory, load_run
from playground.runs.event_lines import event_json
from playground.runs.run_error import RunError
from playground.spec import ExperimentSpec, SpecError
from playground.training.declarations import declarations
from playground.training.events import Diverged, Evaluated, Finished, Progress, Snapshot, Started, View
from tests.own.examples import own_dataset

SPEC = PRESETS["mlp_784_256_10"].spec
CNN = PRESETS["small_cnn"].spec


def _written(path, spec=SPEC, step=12):
    directory = RunDirectory(path)
    directory.write_spec(spec)
    model = build_model(spec)
    directory.write_weights(model.state_dict(), step)
    return directory, model


def _scaled(model, factor):
    return {name: tensor * factor for name, tensor in model.state_dict().items()}


def test_what_is_written_is_read_back(tmp_path):
    _, model = _written(tmp_path / "deep" / "run", CNN)
    run = load_run(tmp_path / "deep" / "run")
    assert run.spec == CNN
    assert run.step == 12
    assert not run.model.training
    assert run.classes == tuple("0123456789")
    x = torch.rand(3, 1, 28, 28)
    with torch.no_grad():
        assert torch.equal(run.model(x), model.eval()(x))
        assert torch.allclose(run.probabilities(x), torch.softmax(model(x), dim=1))
    assert torch.allclose(run.probabilities(x).sum(1), torch.ones(3))


def test_both_classes_of_a_single_output_can_be_explained(tmp_path):
    spec = ExperimentSpec(data=own_dataset("own_images"), network=(Flatten(), Dense(units=4), Tanh(), Output()), loss=BCE())
    _written(tmp_path, spec)
    run = load_run(tmp_path)
    x = run.encode(np.asarray(run.spec.data.load().test.inputs[:2]))
    first, second = (attribute(run.class_model, x, "integrated_gradients", target=target) for target in (0, 1))
    torch.testing.assert_close(first.values, -second.values)
    assert first.outputs == pytest.approx([-value for value in second.outputs])
    assert second.outputs == pytest.approx(run.model(x).flatten().tolist())
    cnn = load_run(_written(tmp_path / "cnn", CNN)[0].path)
    assert cnn.class_model is cnn.model


def test_raw_images_are_encoded_for_the_network(tmp_path):
    _written(tmp_path)
    raw = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
    x = load_run(tmp_path).encode(raw)
    assert x.shape == (2, 1, 28, 28)
    assert torch.allclose(x[:, 0], torch.from_numpy(raw.astype(np.float32)) / 255)
    with pytest.raises(ValueError, match="1×28×28"):
        load_run(tmp_path).encode(np.zeros((2, 9, 9), np.uint8))


def test_many_examples_are_predicted_in_parts(tmp_path):
    _written(tmp_path)
    run, x = load_run(tmp_path), torch.rand(1100, 1, 28, 28)
    assert torch.allclose(run.probabilities(x), torch.softmax(run.model(x), dim=1), atol=1e-6)
    assert run.probabilities(x[:0]).shape == (0, 10)


def test_the_newest_weights_are_loaded(tmp_path):
    directory, model = _written(tmp_path, step=12)
    directory.write_snapshot(_scaled(model, 2), step=30)
    assert load_run(tmp_path).step == 30
    assert torch.equal(load_run(tmp_path).model[1].weight, model[1].weight * 2)
    directory.write_snapshot(_scaled(model, 3), step=12)
    assert torch.equal(load_run(tmp_path).model[1].weight, model[1].weight)
    directory.write_weights(_scaled(model, 4), step=40)
    assert not (tmp_path / "snapshot.safetensors").exists()
    assert torch.equal(load_run(tmp_path).model[1].weight, model[1].weight * 4)


def test_a_snapshot_alone_is_enough(tmp_path):
    directory = RunDirectory(tmp_path)
    directory.write_spec(SPEC)
    with pytest.raises(RunError, match="no weights yet"):
        load_run(tmp_path)
    directory.write_snapshot(build_model(SPEC).state_dict(), step=5)
    assert load_run(tmp_path).step == 5


def test_weights_of_other_programs_and_of_half_precision_are_read(tmp_path):
    _, model = _written(tmp_path)
    save_file({name: tensor.half() for name, tensor in model.state_dict().items()}, tmp_path / "model.safetensors")
    run = load_run(tmp_path)
    assert run.step == 0
    assert run.model[1].weight.dtype == torch.float32
    assert torch.allclose(run.model[1].weight, model[1].weight, atol=1e-4)


def test_batch_statistics_are_kept(tmp_path):
    spec = CNN.model_copy(update={"network": (CNN.network[0], _layer("batch_norm"), *CNN.network[1:])})
    _, model = _written(tmp_path, spec)
    model.train()(torch.rand(8, 1, 28, 28))
    RunDirectory(tmp_path).write_weights(model.state_dict(), 1)
    loaded = load_run(tmp_path).model.state_dict()
    assert all(torch.equal(tensor, loaded[name]) for name, tensor in model.state_dict().items())


def _layer(kind):
    from playground.catalog.layers import LAYERS

    return LAYERS[kind]()


def test_readers_never_see_part_of_a_file(tmp_path):
    directory, model = _written(tmp_path)
    weights = [_scaled(model, factor) for factor in (1, 2)]
    done = threading.Event()

    def write():
        for index in range(60):
            directory.write_snapshot(weights[index % 2], step=100 + index)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        ratio = (load_run(tmp_path).model[1].weight / model[1].weight).detach()
        assert float(ratio.min()) == pytest.approx(float(ratio.max()))
        seen.add(round(float(ratio.mean())))
    writer.join()
    assert seen <= {1, 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history", "model.safetensors", "snapshot.safetensors", "spec.json"]


def test_clearing_keeps_other_files(tmp_path):
    directory, _ = _written(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    assert directory.holds_run()
    directory.clear()
    assert not directory.holds_run()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


EVENTS = [
    Started("cpu", "A processor", 203_530, 5, 125, 32, 4000, 1000, declarations(PRESETS["playground_2d"].spec)),
    Progress((1, 2, 3), (2.3, 2.2, 2.1), 0.024, 0.1, 0.001, 40_000.0),
    Evaluated(125, 1.0, 0.5, {"loss": 0.4, "accuracy": 0.9}, {"loss": 0.5}),
    Diverged(7, float("nan"), 5.0, "the loss is no number", ("a smaller learning rate",)),
    Finished("epochs", 625, 5.0, 2.5, 40_000.0, {"loss": 0.1, "accuracy": 0.99}, {"loss": float("inf"), "accuracy": 0.95}),
]


def test_events_become_lines(tmp_path):
    directory = RunDirectory(tmp_path)
    for event in EVENTS:
        directory.append_event(event)
    directory.append_event(View("confusion", 3, np.zeros((2, 2), np.float32)))
    directory.append_event(Snapshot(3, 0.1, {}))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", "progress", "evaluated", "diverged", "finished"]
    assert lines[1] == {
        "event": "progress", "step": 3, "epoch": 0.024, "loss": 2.1, "seconds": 0.1, "learning_rate": 0.001, "samples_per_second": 40_000.0,
        "diverging": False,
    }  # fmt: skip
    assert [metric["name"] for metric in lines[0]["metrics"]] == ["loss", "accuracy"]
    declared = {view["name"]: view["form"] for view in lines[0]["views"]}
    assert declared.items() >= {("boundary", "plane"), ("confusion", "matrix"), ("network", "network")}
    assert lines[2] == {
        "event": "evaluated", "step": 125, "epoch": 1.0, "seconds": 0.5, "train_loss": 0.4, "test_loss": 0.5, "train_accuracy": 0.9,
    }  # fmt: skip
    assert lines[3]["loss"] is None
    assert lines[4]["test_loss"] is None
    assert lines[4]["test_accuracy"] == 0.95


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_line_is_valid_json(event):
    numbers = {field.name: float("nan") for field in dataclasses.fields(event) if isinstance(getattr(event, field.name), float)}
    line = event_json(dataclasses.replace(event, **numbers))
    assert json.loads(json.dumps(line, allow_nan=False)) == {**json.loads(json.dumps(event_json(event))), **dict.fromkeys(numbers)}


def _header(content):
    packed = json.dumps(content).encode()
    return struct.pack("<Q", len(packed)) + packed


DAMAGED = {
    "empty": b"",
    "text": b"hello, I am no weights",
    "pickle": b"\x80\x04\x95\x0c\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n",
    "length without header": struct.pack("<Q", 2**63),
    "huge header": struct.pack("<Q", 2**40) + b"{}",
    "header of a list": _header([1, 2]),
    "deep header": struct.pack("<Q", 200_000) + b"[" * 200_000,
    "data missing": _header({"0.weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}),
    "offsets beyond": _header({"0.weight": {"dtype": "F32", "shape": [4], "data_offsets": [16, 99_999]}}) + b"\0" * 32,
    "unknown type": _header({"0.weight": {"dtype": "X9", "shape": [4], "data_offsets": [0, 16]}}) + b"\0" * 16,
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_weights_are_refused(tmp_path, kind):
    _written(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(DAMAGED[kind])
    with pytest.raises(RunError, match=r"model\.safetensors: is damaged"):
        load_run(tmp_path)


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 300_000), flip=st.integers(0, 1_000))
def test_truncated_and_corrupted_weights_are_refused_or_loaded(tmp_path_factory, cut, flip):
    path = tmp_path_factory.mktemp("run")
    _written(path)
    content = bytearray((path / "model.safetensors").read_bytes())
    content[flip % len(content)] ^= 0x55
    (path / "model.safetensors").write_bytes(bytes(content[: len(content) - cut]))
    if cut:
        with pytest.raises(RunError, match=r"model\.safetensors: "):
            load_run(path)
        return
    refusal = ""
    try:
        run = load_run(path)
    except RunError as error:
        refusal = str(error)
    assert "model.safetensors: " in refusal if refusal else run.spec == SPEC


def test_weights_of_another_network_are_refused(tmp_path):
    _written(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    for changed, message in [
        ({name: tensor for name, tensor in weights.items() if name != "1.bias"}, "has no '1.bias'"),
        ({**weights, "9.weight": torch.zeros(1)}, "contains '9.weight'"),
        ({**weights, "1.bias": torch.zeros(7)}, r"'1.bias' has shape \(7,\), the spec requires \(256,\)"),
        ({**weights, "1.bias": torch.zeros(256, dtype=torch.int64)}, "int64"),
        ({**weights, "more": torch.zeros(3_000_000)}, "larger than"),
    ]:
        save_file(changed, tmp_path / "model.safetensors")
        with pytest.raises(RunError, match=message):
            load_run(tmp_path)


def test_missing_and_wrong_specs_are_named(tmp_path):
    with pytest.raises(RunError, match="no such run directory"):
        load_run(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="this is a file"):
        load_run(tmp_path / "file")
    with pytest.raises(RunError, match=r"spec\.json: is missing"):
        load_run(tmp_path)
    (tmp_path / "spec.json").write_text('{"data": {"kind": "mnist_simple"}}')
    with pytest.raises(RunError, match=r"spec\.json: .*did you mean 'mnist_sample'"):
        load_run(tmp_path)
    (tmp_path / "spec.json").write_bytes(b"\xff\xfe" + b"x" * 2_000_000)
    with pytest.raises(RunError, match="larger than"):
        load_run(tmp_path)
    impossible = SPEC.model_copy(update={"network": SPEC.network[1:]})
    (tmp_path / "spec.json").write_text(impossible.to_json())
    with pytest.raises(RunError, match=r"spec\.json: network\[0\]"):
        load_run(tmp_path)
    with pytest.raises(SpecError):
        build_model(impossible)


@pytest.mark.parametrize("name", ["spec.json", "model.safetensors", "snapshot.safetensors"])
def test_pipes_devices_and_directories_do_not_hang_the_reader(tmp_path, name):
    for index, make in enumerate([os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")]):
        path = tmp_path / str(index)
        _written(path)
        (path / name).unlink(missing_ok=True)
        make(path / name)
        with pytest.raises(RunError, match=name):
            load_run(path)


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot create this directory"):
        RunDirectory(tmp_path / "file" / "run")
    directory = RunDirectory(tmp_path / "run")
    (tmp_path / "run" / "spec.json").mkdir()
    with pytest.raises(RunError, match=r"spec\.json: cannot be written"):
        directory.write_spec(SPEC)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["spec.json"]


@pytest.mark.parametrize("data", ["own_table", Iris(), Circle(), Diabetes(standardise=False)], ids=str)
def test_a_run_on_rows_keeps_how_a_new_row_becomes_an_input(data, tmp_path):
    data = own_dataset(data) if isinstance(data, str) else data
    spec = SPEC.model_copy(update={"data": data, "network": (Output(),)})
    directory, _ = _written(tmp_path, spec)
    before = load_run(tmp_path).columns  # from the data, as for a run of an earlier version
    directory.write_columns(data)
    run = load_run(tmp_path)
    assert run.columns == before
    rows = np.asarray(data.load().train.inputs)
    assert torch.equal(run.columns.inputs(rows), run.encode(rows))
    assert run.columns.columns.feature_names == data.feature_names
    np.testing.assert_allclose(run.columns.inputs(np.full((1, rows.shape[1]), np.nan)), run.encode(data.fillings()[None]))


def test_a_run_on_rows_does_not_need_its_data_again(tmp_path, monkeypatch):
    data = own_dataset("own_table")
    directory, _ = _written(tmp_path / "run", SPEC.model_copy(update={"data": data, "network": (Output(),)}))
    directory.write_columns(data)
    before = load_run(tmp_path / "run").columns
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "elsewhere"))
    (tmp_path / "run").rename(tmp_path / "moved")
    assert load_run(tmp_path / "moved").columns == before
    (tmp_path / "moved" / "columns.json").unlink()
    with pytest.raises(DataError, match="not on this server"):
        _ = load_run(tmp_path / "moved").columns


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"columns": 3}', '{"columns": {"columns": [{"nme": "a"}]}}', "[" * 100_000])
def test_damaged_columns_are_refused(content, tmp_path):
    _written(tmp_path, SPEC.model_copy(update={"data": Iris(), "network": (Output(),)}))
    (tmp_path / "columns.json").write_text(content)
    with pytest.raises(RunError, match=r"columns\.json: is damaged"):
        _ = load_run(tmp_path).columns


def test_a_run_on_images_has_no_columns(tmp_path):
    directory, _ = _written(tmp_path)
    directory.write_columns(SPEC.data)
    assert load_run(tmp_path).columns is None
    assert not (tmp_path / "columns.json").exists()
