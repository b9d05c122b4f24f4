"""Memory needed for training, compared with what PyTorch really saves and with numbers computed by hand."""

import pytest
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from playground.catalog.datasets import Circle, Dataset, JapaneseVowels, MnistSample
from playground.catalog.layers import (
    GRU,
    LSTM,
    RNN,
    Attention,
    BatchNorm,
    Conv1d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Residual,
    SequencePool,
    Softmax,
    ToSequence,
    Upsample,
)
from playground.catalog.losses import BCE, CrossEntropy
from playground.catalog.optimizers import SGD, Adam, Optimizer
from playground.network import build_model, trace, training_memory
from playground.network.memory import size_text
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, TrainingSettings
from tests.network.test_trace import digits

BATCH = 32


def kept_by_pytorch(spec: ExperimentSpec) -> float:
    """Bytes that autograd really saves for one example, without the weights and the batch itself."""
    model, x = build_model(spec).train(), spec.data.tensor.sample(BATCH)
    others = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers(), x)}
    kept: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        model(x)
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in kept}
    return sum(size for address, size in storages.items() if address not in others) / BATCH


@pytest.mark.parametrize("name", PRESETS)
def test_presets_save_what_pytorch_saves(name: str) -> None:
    """Except what is divided among the examples of a batch: means, variances, and whole pages of memory."""
    spec = PRESETS[name].spec
    assert trace(spec).kept_bytes == pytest.approx(kept_by_pytorch(spec), rel=0.005)


SPEECH = (
    (Conv1d(), BatchNorm(), ReLU(), LSTM(returns="all"), Dense(units=8), Attention(), GRU(bidirectional=True)),
    (Conv1d(), ReLU(), Residual(layers=(LSTM(returns="all"), BatchNorm(), Dense(units=16))), SequencePool(how="max")),
    (Conv1d(), Parallel(branch=((Conv1d(),), (RNN(bidirectional=True, layers=2, returns="all"),))), SequencePool(how="last")),
)
"""Reads sequences of different lengths, so that layers keep masks and masked copies."""
ROWS = (
    (ToSequence(), Dense(units=8), ReLU(), LSTM()),
    (ToSequence(), LSTM(returns="all"), Dense(), SequencePool(how="last"), Dense()),
    (ToSequence(), Residual(layers=(Dense(),)), Conv1d(), Residual(layers=(Softmax(), Dense())), Flatten()),
)
"""Layers that put the steps into another order in memory, and layers that copy them if they are."""


@pytest.mark.parametrize(
    ("data", "layers"), [*((JapaneseVowels(), layers) for layers in SPEECH), *((MnistSample(), layers) for layers in ROWS)]
)
def test_sequences_save_what_pytorch_saves(data: Dataset, layers: tuple[Layer, ...]) -> None:
    spec = ExperimentSpec(data=data, network=(*layers, Output()), loss=CrossEntropy())
    assert trace(spec).kept_bytes == pytest.approx(kept_by_pytorch(spec), rel=0.01)


@pytest.mark.parametrize(
    "layers",
    [
        (Conv2d(filters=4), ReLU(), Parallel(branch=((Conv2d(filters=3), ReLU()), ())), Residual(layers=(Conv2d(filters=7), Dropout()))),
        (Conv2d(filters=2), MaxPool2d(), Upsample(), Residual(layers=(Conv2d(filters=5), ReLU(), Residual(layers=(ReLU(),))))),
        (Flatten(), Dense(units=9, frozen=True), ReLU(), Dense(units=5)),
    ],
)
def test_blocks_views_and_frozen_layers_save_what_pytorch_saves(layers: tuple[Layer, ...]) -> None:
    spec = digits(*layers, Flatten(), Output())
    assert trace(spec).kept_bytes == pytest.approx(kept_by_pytorch(spec), rel=0.005)


def test_each_layer_saves_what_the_backward_pass_needs() -> None:
    traced = trace(digits(Conv2d(filters=4), ReLU(), MaxPool2d(), Flatten(), Dropout(), Output()))
    maps, pooled = 4 * 28 * 28, 4 * 14 * 14
    # ReLU and the pooling need ReLU's output; the pooling saves an index (8 bytes) per window, dropout its mask.
    assert [row.kept_bytes for row in traced.rows] == [0, 4 * maps, 8 * pooled, 0, 4 * pooled + 4 * pooled, 0]


def test_layers_in_a_block_count_in_the_block() -> None:
    traced = trace(digits(Conv2d(filters=4), Residual(layers=(Conv2d(filters=4), ReLU(), Conv2d(filters=4), ReLU())), Flatten(), Output()))
    assert [row.kept_bytes for row in traced.inside] == [0, 4 * 4 * 784, 0, 4 * 4 * 784]
    assert traced.rows[1].kept_bytes == 2 * 4 * 4 * 784 + 4 * 4 * 784  # and the sum, which the output layer needs


@pytest.mark.parametrize(("optimizer", "numbers"), [(SGD(), 0), (SGD(momentum=0.9), 1), (Adam(), 2)])
def test_memory_of_a_batch_by_hand(optimizer: Optimizer, numbers: int) -> None:
    layers = (Dense(units=4, frozen=True), ReLU(), Dense(units=2), ReLU(), Output())
    settings = TrainingSettings(batch_size=10)
    spec = ExperimentSpec(data=Circle(), network=layers, loss=BCE(), optimizer=optimizer, training=settings)
    frozen, learned = 2 * 4 + 4, 4 * 2 + 2 + 2 + 1
    memory = training_memory(spec, trace(spec))
    assert memory.weights == 4 * (frozen + learned)
    assert memory.gradients == 4 * learned
    assert memory.optimizer == 4 * learned * numbers
    assert memory.activations == 10 * 4 * (2 + 4 + 2)
    assert memory.total == memory.weights + memory.gradients + memory.optimizer + memory.activations
    averaged = spec.model_copy(update={"training": TrainingSettings(batch_size=10, ema=0.9)})
    assert training_memory(averaged, trace(averaged)).weights == 2 * memory.weights


def test_sizes_have_three_digits() -> None:
    sizes = [0, 999, 1000, 50_176, 999_600, 1_024_000, 20_100_000_000]
    assert [size_text(size) for size in sizes] == ["0 B", "999 B", "1.00 kB", "50.2 kB", "1.00 MB", "1.02 MB", "20.1 GB"]
