"""Shapes, counts and problems, against numbers computed by hand and against PyTorch."""

import pytest
import torch

from playground.catalog.datasets import Circle, MnistSample, Plane
from playground.catalog.layers import (
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Residual,
    Sigmoid,
    Softmax,
    Tanh,
)  # fmt: skip
from playground.catalog.losses import BCE, CrossEntropy, Hinge
from playground.catalog.tensors import TensorSpec
from playground.network import Trace, build_model, trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, SpecError, TrainingSettings


def digits(*layers: Layer) -> ExperimentSpec:
    return ExperimentSpec(data=MnistSample(), network=layers, loss=CrossEntropy())


def plane(*layers: Layer) -> ExperimentSpec:
    return ExperimentSpec(data=Circle(), network=layers, loss=BCE())


def errors(traced: Trace) -> dict[str, str]:
    return {problem.path: problem.message for problem in traced.problems if problem.severity == "error"}


def repaired(spec: ExperimentSpec) -> ExperimentSpec:
    """The spec after applying all fixes, one after another."""
    for _ in range(6):
        problem = next((problem for problem in trace(spec).problems if problem.severity == "error"), None)
        if problem is None:
            break
        assert problem.fix is not None, problem
        spec = problem.fix.spec
    assert trace(spec).ok, trace(spec).problems
    return spec


def test_counts_of_the_three_layer_network() -> None:
    traced = trace(PRESETS["mlp_784_256_10"].spec)
    assert [row.tensor_out.sizes for row in traced.rows] == [(784,), (256,), (256,), (10,)]
    assert [row.parameters for row in traced.rows] == [0, 784 * 256 + 256, 0, 256 * 10 + 10]
    assert [row.flops for row in traced.rows] == [0, 2 * 784 * 256, 0, 2 * 256 * 10]


def test_counts_of_lenet5() -> None:
    traced = trace(PRESETS["lenet5"].spec)
    assert [row.tensor_out.sizes for row in traced.rows if row.parameters] == [(6, 28, 28), (16, 10, 10), (120,), (84,), (10,)]
    assert traced.parameters == 61_706  # the number of the textbooks for 28×28 inputs
    assert traced.rows[0].flops == 2 * 6 * 28 * 28 * 5 * 5


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_no_problems_and_build_what_was_traced(name: str) -> None:
    spec = PRESETS[name].spec
    traced = trace(spec)
    assert traced.ok
    assert [problem.path for problem in traced.problems] == (["network[0]"] if name == "perceptron" else [])  # which shows a failure
    x, model = spec.data.tensor.sample(2), build_model(spec)
    for row, module in zip(traced.rows, model, strict=True):
        x = module(x)
        assert x.shape == (2, *row.tensor_out.sizes)
        assert sum(parameter.numel() for parameter in module.parameters()) == row.parameters


def test_weights_depend_on_the_seed_and_pytorchs_generator_keeps_its_state() -> None:
    spec = PRESETS["small_cnn"].spec
    other = spec.model_copy(update={"training": TrainingSettings(seed=1)})
    before = torch.random.get_rng_state()
    first, again, different = (build_model(variant).state_dict()["0.weight"] for variant in (spec, spec, other))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(first, again)
    assert not torch.equal(first, different)


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        (digits(Dense(), ReLU(), Output()), "network[0]", "needs a vector or a sequence, but gets maps of 1×28×28"),
        (digits(Flatten(), Conv2d(), ReLU(), Output()), "network[1]", "needs an image"),
        (digits(*[MaxPool2d()] * 5, Flatten(), Output()), "network[4]", "does not fit into a map of 1×1"),
        (
            digits(Conv2d(kernel=15, padding="valid"), Conv2d(kernel=15, padding="valid"), Flatten(), Output()),
            "network[1]",
            "does not fit into a map of 14×14",
        ),
        (
            digits(Flatten(), Dense(units=7)),
            "network[1]",
            "The last layer has 7 units, but cross-entropy on handwritten digits (MNIST sample) needs 10 outputs",
        ),
        (
            digits(Conv2d(), ReLU()),
            "network[1]",
            "outputs maps of 16×28×28, but cross-entropy on handwritten digits (MNIST sample) needs 10 outputs",
        ),
        (ExperimentSpec(data=Plane(), network=(Dense(), ReLU(), Output()), loss=Hinge()), "loss", "cannot be computed"),
        (digits(), "network", "no layers yet"),
        (
            digits(Flatten(), BatchNorm(), Output()).model_copy(update={"training": TrainingSettings(batch_size=1)}),
            "network[1]",
            "batches of at least 2",
        ),
    ],
)
def test_an_error_is_reported_and_its_fix_works(spec: ExperimentSpec, path: str, words: str) -> None:
    traced = trace(spec)
    assert words in errors(traced)[path]
    with pytest.raises(SpecError, match=r"network|loss"):
        build_model(spec)
    spec = repaired(spec)
    assert build_model(spec)(torch.rand(2, *spec.data.shape)).shape == (2, trace(spec).outputs)


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        (digits(Flatten(), Output(), Softmax()), "network[2]", "applies softmax itself"),
        (plane(Dense(), Tanh(), Output(), Sigmoid()), "network[3]", "applies sigmoid itself"),
        (digits(Flatten(), Dense(units=10), Softmax()), "network[2]", "applies softmax itself"),
        (digits(Flatten(), Output(), Dropout()), "network[2]", "sets outputs to 0 at random"),
        (digits(Flatten(), Output(), Dense(units=10)), "network[2]", "comes after the output layer"),
        (digits(Flatten(), Output(), ReLU(), Output()), "network[1]", "Another output layer follows"),
    ],
)
def test_a_mistake_that_can_be_trained_is_a_warning_and_its_fix_works(spec: ExperimentSpec, path: str, words: str) -> None:
    traced = trace(spec)
    assert traced.ok
    (warning,) = [problem for problem in traced.problems if (problem.path, problem.severity) == (path, "warning")]
    assert words in warning.message
    assert build_model(spec)(torch.rand(2, *spec.data.shape)).shape == (2, traced.outputs)
    assert warning.fix is not None
    assert not [problem for problem in trace(warning.fix.spec).problems if problem.severity != "note"]


def test_two_dense_layers_without_activation_are_a_note_not_an_error() -> None:
    traced = trace(plane(Dense(units=4), Dense(units=2), Tanh(), Output()))
    assert traced.ok
    (note,) = traced.problems
    assert (note.path, note.severity) == ("network[1]", "note")
    assert "linear" in note.message
    assert note.fix is not None
    assert trace(note.fix.spec).problems == ()


def test_the_fix_for_a_missing_output_layer_removes_the_softmax() -> None:
    spec = digits(Flatten(), Dense(), ReLU(), Softmax())
    problem = next(problem for problem in trace(spec).problems if problem.fix and problem.fix.title == "Add an output layer")
    assert problem.fix is not None
    assert problem.fix.spec.network == (Flatten(), Dense(), ReLU(), Output())


def test_softmax_before_a_dense_layer_is_a_note() -> None:
    traced = trace(digits(Flatten(), Dense(), Softmax(), Dropout(), Output()))
    assert traced.ok
    (note,) = traced.problems
    assert note.path == "network[2]"
    assert note.fix is not None
    assert note.fix.spec.network[2] == ReLU()


def test_binary_data_with_cross_entropy_has_two_outputs() -> None:
    traced = trace(plane(Dense(), Tanh(), Output()).model_copy(update={"loss": CrossEntropy()}))
    assert traced.ok
    assert traced.rows[-1].tensor_out.sizes == (2,)


def test_limits_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = digits(Conv2d(filters=1024, kernel=15), ReLU(), Flatten(), Output())
    monkeypatch.setenv("PLAYGROUND_MAX_PARAMETERS", "1000")
    monkeypatch.setenv("PLAYGROUND_MAX_BATCH_BYTES", "1000000")
    messages = errors(trace(spec))
    assert "more than this server's limit of 1,000 (PLAYGROUND_MAX_PARAMETERS)" in messages["network"]
    assert "GB (PLAYGROUND_MAX_BATCH_BYTES)" in messages["training.batch_size"]


def test_a_network_of_absurd_size_is_refused_at_once() -> None:
    layers = [layer for _ in range(60) for layer in (Dense(units=8192), ReLU())]
    assert "parameters" in errors(trace(digits(Flatten(), *layers, Output())))["network"]


def blocks(*layers: Layer) -> ExperimentSpec:
    """A network for digits: a convolution with 4 maps, these layers, global pooling and the output layer."""
    return digits(Conv2d(filters=4), *layers, GlobalAvgPool2d(), Output())


def test_layers_in_blocks_have_rows_of_their_own_and_count_in_the_block() -> None:
    traced = trace(blocks(Residual(layers=(Conv2d(filters=4), ReLU())), Parallel(branch=((Conv2d(filters=2, kernel=1),), ()))))
    assert traced.ok
    inside = {row.path: row for row in traced.inside}
    assert list(inside) == ["network[1].layers[0]", "network[1].layers[1]", "network[2].branch[0][0]"]
    assert inside["network[1].layers[0]"].parameters == traced.rows[1].parameters == 4 * 4 * 9 + 4
    assert inside["network[2].branch[0][0]"].flops == traced.rows[2].flops == 2 * 4 * 2 * 28 * 28
    assert traced.rows[2].tensor_out.sizes == (4 + 2, 28, 28)
    assert [row.path for row in traced.in_order()][1:5] == ["network[1]", "network[1].layers[0]", "network[1].layers[1]", "network[2]"]


def test_inputs_are_known_up_to_the_layer_that_fails() -> None:
    traced = trace(blocks(Residual(layers=(MaxPool2d(), Conv2d(filters=2), Dense(), ReLU()))))
    assert traced.tensor_before("network[1].layers[0]") == traced.tensor_before("network[1]") == TensorSpec.image(4, 28, 28)
    assert traced.tensor_before("network[1].layers[2]") == TensorSpec.image(2, 14, 14)
    assert traced.tensor_before("network[1].layers[3]") is None
    assert traced.tensor_before("network[2]") is None


@pytest.mark.parametrize(
    ("block", "path", "words"),
    [
        (Residual(layers=(Conv2d(filters=4), Dense())), "network[1].layers[1]", "needs a vector"),
        (Residual(layers=(ReLU(), Output())), "network[1].layers[1]", "cannot be inside a block"),
        (Parallel(branch=((), (MaxPool2d(),))), "network[1]", "the same height and width"),
        (Parallel(branch=((Conv2d(filters=3),), ()), join="add"), "network[1]", "the same shape to be added"),
        (Parallel(branch=((), (Residual(layers=(Dense(),)),))), "network[1].branch[1][0].layers[0]", "needs a vector"),
        (Residual(layers=(Flatten(),)), "network[1]", "no 1×1 convolution can match"),
    ],
)
def test_an_error_in_a_block_is_reported_at_its_path_and_fixed(block: Layer, path: str, words: str) -> None:
    spec = blocks(block)
    assert words in errors(trace(spec))[path]
    repaired(spec)


def test_two_linear_layers_that_meet_at_the_end_of_a_chain_are_a_note() -> None:
    def notes(*layers: Layer) -> list[str]:
        return [problem.path for problem in trace(plane(*layers)).problems]

    assert notes(Dense(units=4), Parallel(branch=((Dense(units=3), ReLU()), (Tanh(),))), Output()) == ["network[1].branch[0][0]"]
    assert notes(Parallel(branch=((Dense(units=3),), (Tanh(),))), Output()) == []
    assert notes(Dense(units=4), ReLU(), Residual(layers=(Dense(units=4), Tanh(), Dense(units=4))), Output()) == []
