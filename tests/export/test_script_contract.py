"""Every entry of every registry, and every setting of training, in a script that gives the losses of the app."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS, Dataset, Downloaded
from playground.catalog.datasets.curve import FUNCTIONS
from playground.catalog.layers import LAYERS
from playground.catalog.layers.weights import Init
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.export.own_data import data_file
from playground.export.script import to_script
from playground.own import ImageChoices, keep, prepare_images
from playground.parsing import parse_spec
from playground.spec import ExperimentSpec
from scripts.keep_golden_runs import experiments
from tests.catalog.file_server import serving
from tests.catalog.tiny_files import DOWNLOADED, contents, tiny_sets_in
from tests.export.running import assert_reproduces, assert_same, of_app, of_script
from tests.own.examples import noise_png, own_dataset, zipped
from tests.tensors import tensor_of

DIGITS = {"kind": "digits8", "train_size": 96}
HIDDEN = [{"kind": "flatten"}, {"kind": "dense", "units": 8}, {"kind": "relu"}]
SMALLER = {"samples": 300, "stride": 500}
"""Settings that make generated data and windows of text few."""
SPOILT = {"train_size": 40, "label_noise": 0.2, "standardise": True}


@pytest.fixture(scope="module", autouse=True)
def _downloaded_sets_are_tiny_and_here(data_folder: Path) -> Iterator[None]:
    with tiny_sets_in(data_folder):
        yield


def spec(**parts: Any) -> ExperimentSpec:
    """On tiny digits, for a small network, of few steps, but for what is said."""
    training = {"epochs": 2, "batch_size": 32, "device": "cpu", **parts.pop("training", {})}
    plain = {"data": DIGITS, "network": [*HIDDEN, {"kind": "output"}], "loss": {"kind": "cross_entropy"}, "training": training}
    return parse_spec({**plain, **parts})


def dataset(kind: type[Dataset], folder: Path) -> dict[str, Any]:
    """With its files in the folder of the script, where it needs some."""
    if issubclass(kind, Downloaded):
        (folder / kind.name()).mkdir()
        for name, content in contents(kind).items():
            (folder / kind.name() / name).write_bytes(content)
    if "key" not in kind.model_fields:
        return {"kind": kind.name(), **{name: value for name, value in SMALLER.items() if name in kind.model_fields}}
    own = own_dataset(kind.name())
    found = data_file(own)
    assert found is not None
    (folder / found[0]).write_bytes(found[1])
    return own.model_dump()


def loss_for(data: dict[str, Any]) -> dict[str, str]:
    task = parse_data(data).task.answer
    return {"kind": next(loss.name() for loss in LOSSES if task in loss.tasks)}


def network_for(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Sequences are read step by step."""
    dataset = parse_data(data)
    if not dataset.tensor.has("length"):
        return [*HIDDEN, {"kind": "output"}]
    embedding = [{"kind": "embedding", "width": 4}] if dataset.tensor.vocabulary else []
    return [*embedding, {"kind": "lstm", "units": 8, "returns": "all" if dataset.task.per_step else "last"}, {"kind": "output"}]


def parse_data(data: dict[str, Any]) -> Dataset:
    return DATASETS[data["kind"]].model_validate(data)


@pytest.mark.parametrize("kind", DATASETS, ids=lambda kind: kind.name())
def test_dataset(kind, tmp_path):
    data = dataset(kind, tmp_path)
    training = {"epochs": 1, "batch_size": 256}
    parts = {"network": network_for(data), "loss": loss_for(data), "training": training}
    assert_reproduces(spec(data=data, **parts), tmp_path)
    spoilt = {**data, **SPOILT, **({"imbalance": 4} if parse_data(data).classes else {})}
    assert_reproduces(spec(data=spoilt, **parts), tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        *({"kind": "curve", "function": function, "gap": 0.2, "samples": 40} for function in FUNCTIONS),
        *({"kind": "shapes", "label": label, "clutter": 2, "noise": 0.1, "samples": 60} for label in ("shape", "colour", "both")),
        {"kind": "moons", "noise": 0.4, "samples": 60},
        {"kind": "wine", "standardise": False},
    ],
    ids=str,
)  # fmt: skip
def test_settings_of_datasets(data, tmp_path):
    assert_reproduces(spec(data=data, loss=loss_for(data)), tmp_path)


@pytest.mark.parametrize("kind", DOWNLOADED, ids=lambda kind: kind.name())
def test_a_script_downloads_what_is_not_beside_it(kind, tmp_path, monkeypatch):
    with serving() as server:
        server.put(kind.name(), contents(kind))
        mirrors = ("http://127.0.0.1:9/", f"{server.url}/{kind.name()}/")  # the first does not answer
        monkeypatch.setattr(kind, "needs", replace(kind.needs, mirrors=mirrors))
        experiment = spec(data={"kind": kind.name()}, training={"epochs": 1})
        assert_same(of_app(experiment), of_script(experiment, tmp_path))
    assert {path for path, _ in server.asked} == {f"/{kind.name()}/{name}" for name in contents(kind)}


def test_own_digits_beside_those_of_mnist(tmp_path):
    data = {**dataset(DATASETS["own_digits"], tmp_path), "beside": "mnist_sample"}
    assert_reproduces(spec(data=data, training={"epochs": 1, "batch_size": 512}), tmp_path)


TENSORS = {1: tensor_of(12), 2: tensor_of(8, 4), 3: tensor_of(4, 8, 8)}
LAYER_CASES = [(kind, rank) for kind in LAYERS for rank, x in TENSORS.items() if kind.fits(x) and kind.name() != "output"]

BEFORE = {
    1: [{"kind": "flatten"}, {"kind": "dense", "units": 12}],
    2: [{"kind": "to_sequence", "steps": "columns"}, {"kind": "conv1d", "filters": 4}],
    3: [{"kind": "conv2d", "filters": 4}],
}


@pytest.mark.parametrize(("kind", "rank"), LAYER_CASES, ids=lambda value: value.name() if isinstance(value, type) else str(value))
def test_layer(kind, rank, tmp_path):
    inside = {"residual": {"layers": BEFORE[rank][-1:]}, "parallel": {"branch": [BEFORE[rank][-1:], []], "join": "add"}}
    layer = {"kind": kind.name(), **inside.get(kind.name(), {})}
    network = [*BEFORE[rank], layer, {"kind": "flatten"}, {"kind": "output"}]
    assert_reproduces(spec(network=network, training={"epochs": 1}), tmp_path)


def test_formulas_are_expressions_of_pytorch(tmp_path):
    formulas = ["x1", "x2^2", "x1*-x2/2", "sin(pi*x1)", "log(x1^2+1)", "2^-x2", "(abs(x1)+1)^-0.5"]
    features = {"kind": "features", "formulas": formulas}
    inside = {"kind": "parallel", "branch": [[features], [{"kind": "dense", "units": 2}]]}
    code = assert_reproduces(spec(data={"kind": "circle"}, network=[inside, features, {"kind": "output"}], loss={"kind": "bce"}), tmp_path)
    for expression in ("x[..., 1] ** 2", "torch.sin(3.141592653589793 * x[..., 0])", "2 ** -x[..., 1]"):
        assert code.count(expression) == 2


@pytest.mark.parametrize("name", ["convolutions over pixels", "norms over columns", "blocks over columns", "a vector as a sequence"])
def test_networks_over_sequences_of_earlier_versions(name, tmp_path):
    assert_reproduces(parse_spec({"version": 1, **experiments()[name]}), tmp_path)


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_loss(kind, tmp_path):
    sets = (DIGITS, {"kind": "circle", "samples": 60}, {"kind": "noisy_digits", "train_size": 40}, {"kind": "diabetes"})
    for data in sets:
        if parse_data(data).task.answer in kind.refused:
            continue
        for outputs in kind().accepts(parse_data(data)):
            network = [*HIDDEN, {"kind": "dense", "units": outputs}]
            assert_reproduces(spec(data=data, network=network, loss={"kind": kind.name()}, training={"epochs": 1}), tmp_path)


@pytest.mark.parametrize(
    "loss",
    [
        {"kind": "cross_entropy", "label_smoothing": 0.2},
        {"kind": "focal", "gamma": 1.5, "alpha": 0.3},
        {"kind": "hinge", "squared": True, "margin": 0.7},
        {"kind": "weighted_cross_entropy", "weights": [1, 3.5]},
        {"kind": "kl_divergence", "smoothing": 0},
    ],
    ids=lambda loss: loss["kind"],
)
def test_settings_of_losses(loss, tmp_path):
    assert_reproduces(spec(data={"kind": "circle", "samples": 60}, loss=loss), tmp_path)


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_optimizer(kind, tmp_path):
    assert_reproduces(spec(optimizer={"kind": kind.name()}), tmp_path)


def test_settings_of_optimizers(tmp_path):
    sgd = {"kind": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}
    assert "nesterov=True" in assert_reproduces(spec(optimizer=sgd), tmp_path)
    adam = {"kind": "adam", "lr": 0.01, "beta1": 0.8}
    assert "betas=(0.8, 0.999)" in assert_reproduces(spec(optimizer=adam), tmp_path)


@pytest.mark.parametrize("epochs", [1, 2, 6])
@pytest.mark.parametrize("kind", SCHEDULES, ids=lambda kind: kind.name())
def test_schedule(kind, epochs, tmp_path):
    assert_reproduces(spec(schedule={"kind": kind.name()}, training={"epochs": epochs}), tmp_path)


def test_a_schedule_of_a_single_step(tmp_path):
    assert_reproduces(spec(schedule={"kind": "one_cycle"}, training={"epochs": 1, "batch_size": 200}), tmp_path)
    assert_reproduces(spec(schedule={"kind": "warmup", "then": "cosine"}, training={"epochs": 1, "batch_size": 200}), tmp_path)


@pytest.mark.parametrize("kind", SCHEDULES, ids=lambda kind: kind.name())
def test_fewer_or_more_epochs_by_the_command_line_are_what_the_app_trains_with_so_many(kind, tmp_path):
    for epochs, other, size in ((20, 1, 200), (20, 1, 32), (2, 5, 32)):
        asked = spec(schedule={"kind": kind.name()}, training={"epochs": other, "batch_size": size})
        code = to_script(spec(schedule={"kind": kind.name()}, training={"epochs": epochs, "batch_size": size}))
        assert_same(of_app(asked), of_script(asked, tmp_path, code, ["--epochs", str(other)]))


@pytest.mark.parametrize(
    ("value", "said"), [("0", "must be at least 1, got 0"), ("-3", "must be at least 1, got -3"), ("many", "invalid int value: 'many'")]
)
def test_a_number_of_epochs_that_is_none_is_refused(value, said, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        of_script(spec(), tmp_path, arguments=["--epochs", value])
    assert f"argument --epochs: {said}" in capsys.readouterr().err


@pytest.mark.parametrize("kind", AUGMENTATIONS, ids=lambda kind: kind.name())
def test_augmentation(kind, tmp_path):
    for data in (DIGITS, {"kind": "shapes", "samples": 80, "size": 16}):
        assert_reproduces(spec(data={**data, "augmentations": [{"kind": kind.name()}]}), tmp_path)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "bce"])
def test_all_augmentations_together(loss, tmp_path):
    several = [{"kind": kind.name(), "probability": 0.7} for kind in AUGMENTATIONS] + [{"kind": "rotation", "degrees": 5}]
    own = {**dataset(DATASETS["own_images"], tmp_path), "test_share": 0.2}
    data = own if loss == "bce" else DIGITS
    assert_reproduces(spec(data={**data, "standardise": True, "augmentations": several}, loss={"kind": loss}), tmp_path)


BATCH_NORM = [{"kind": "conv2d", "filters": 3}, {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "dropout"}, *HIDDEN, {"kind": "output"}]
PENALIZED = [
    {"kind": "conv2d", "filters": 2, "l1": 0.001},
    {"kind": "residual", "layers": [{"kind": "conv2d", "filters": 3, "l2": 0.01}]},
    {"kind": "parallel", "branch": [[{"kind": "conv2d", "filters": 3, "l2": 0.01, "l1": 0.01}], []]},
    {"kind": "flatten"},
    {"kind": "output", "l1": 0.01, "l2": 0.01},
]
FROZEN = [{"kind": "flatten"}, {"kind": "dense", "units": 8, "frozen": True, "init": "orthogonal"}, {"kind": "tanh"}, {"kind": "output"}]
SETTINGS: dict[str, dict[str, Any]] = {
    "clip_norm": {"training": {"clip_norm": 0.1}},
    "clip_value": {"training": {"clip_value": 0.01, "clip_norm": 0.05}},
    "ema": {"network": BATCH_NORM, "training": {"ema": 0.9}},
    "patience": {"training": {"epochs": 30, "stop": {"patience": 1}}, "optimizer": {"kind": "sgd", "lr": 0.5, "momentum": 0.9}},
    "target_accuracy": {"training": {"epochs": 30, "stop": {"target_accuracy": 0.4}}},
    "seconds": {"training": {"stop": {"seconds": 1000}}, "data": {**DIGITS, "augmentations": [{"kind": "noise"}]}},
    "threads": {"training": {"threads": 2}},
    "channels_last": {"network": BATCH_NORM, "training": {"memory_format": "channels_last"}},
    "seed": {"training": {"seed": 7}},
    "plateau": {"schedule": {"kind": "plateau", "patience": 0}, "optimizer": {"kind": "sgd", "lr": 1}, "training": {"epochs": 6}},
    "penalties": {"network": PENALIZED, "training": {"clip_norm": 0.5}},
    "frozen": {"network": FROZEN, "training": {"clip_norm": 0.5}},
    "lbfgs": {"network": BATCH_NORM, "optimizer": {"kind": "lbfgs"}, "training": {"ema": 0.9, "clip_norm": 1}},
    "lbfgs_penalized": {"network": PENALIZED, "optimizer": {"kind": "lbfgs"}},
    "lbfgs_frozen": {"network": FROZEN, "optimizer": {"kind": "lbfgs"}},
    "last_batch_of_one": {"network": BATCH_NORM, "data": {**DIGITS, "train_size": 65}, "schedule": {"kind": "one_cycle"}},
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_of_training(name, tmp_path):
    code = assert_reproduces(spec(**SETTINGS[name]), tmp_path)
    if name == "seconds":
        assert "depends on the computer" in code


@pytest.mark.parametrize("init", get_args(Init))
def test_first_weights(init, tmp_path):
    dense = {"kind": "dense", "units": 8, "init": init, "init_value": 0.03}
    network = [{"kind": "flatten"}, dense, {"kind": "tanh"}, {**dense, "bias": False}, {"kind": "output"}]
    assert_reproduces(spec(network=network, training={"epochs": 1}), tmp_path)


def test_mixed_precision_is_written_for_cuda():
    code = to_script(spec(training={"precision": "mixed", "device": "cuda", "clip_norm": 1.0}))
    compile(code, "train.py", "exec")
    for line in (
        'torch.autocast("cuda")',
        "scaler.scale(loss).backward()",
        "scaler.unscale_(optimizer)",
        "scaler.update()",
        'DEVICE = "cuda"',
    ):
        assert line in code


def test_data_that_are_missing_are_asked_for(tmp_path):
    own = own_dataset("own_points")
    with pytest.raises(SystemExit, match="is missing"):
        of_script(spec(data=own.model_dump(), loss={"kind": "bce"}), tmp_path)


def test_a_downloaded_file_that_is_damaged_is_not_read(tmp_path):
    data = dataset(DATASETS["mnist"], tmp_path)
    next((tmp_path / "mnist").iterdir()).write_bytes(b"damaged")
    with pytest.raises(SystemExit, match="is damaged"):
        of_script(spec(data=data), tmp_path)


def test_a_given_split_of_your_images(tmp_path):
    """The script has the same test images, although no share of the data is drawn at random."""
    files = {
        f"{part}/{name}/{n}.png": noise_png(2 * n + (name == "dog"))
        for part in ("train", "test")
        for name in ("cat", "dog")
        for n in range(9)
    }
    own = keep(prepare_images([("pets.zip", zipped(files))], ImageChoices(side=28, colour=False)))
    assert own.split == "given"
    name, content = data_file(own)
    (tmp_path / name).write_bytes(content)
    assert_reproduces(spec(data=own.model_dump(), loss={"kind": "bce"}), tmp_path)
