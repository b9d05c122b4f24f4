"""The contract of every layer."""

import inspect
import io
from typing import Any, Literal, cast, get_args, get_origin

import onnxruntime
import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from playground.catalog.formulas import formula
from playground.catalog.layers import LAYERS, Activation, Identity, Layer, Output, Parallel, Residual, Softmax
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.layers.features_modules import Features
from playground.catalog.layers.shapes import measured
from playground.catalog.tensors import TensorSpec
from playground.network import build_model, trace
from playground.training import Finished, Snapshot
from tests.contract.layer_cases import CASES, OF_NUMBERS, around, experiment
from tests.tensors import tensor_of
from tests.training.specs import run


def examples(tensor: TensorSpec, count: int) -> Tensor:
    """Numbers from 0 to 1, or symbols."""
    return torch.rand(count, *tensor.sizes) if tensor.vocabulary is None else tensor.sample(count)


def built(kind: type[Layer], tensor: TensorSpec) -> nn.Module:
    torch.manual_seed(0)
    return kind().sized(5).build(tensor)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.name())
def test_belongs_to_a_group_of_the_menu(kind: type[Layer]) -> None:
    assert kind.group


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_same_shape_on_meta_as_for_real(kind: type[Layer], tensor: TensorSpec) -> None:
    with torch.device("meta"):
        meta = kind().sized(5).build(tensor)(tensor.sample(2, "meta"))
    real = built(kind, tensor)(examples(tensor, 2))
    assert meta.shape == real.shape
    assert real.dtype == torch.float32


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_examples_do_not_touch_each_other_in_evaluation(kind: type[Layer], tensor: TensorSpec) -> None:
    module = built(kind, tensor).eval()
    batch = examples(tensor, 4)
    together = module(batch)
    alone = torch.cat([module(example.unsqueeze(0)) for example in batch])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_weights_survive_saving(kind: type[Layer], tensor: TensorSpec) -> None:
    first, second = built(kind, tensor), kind().sized(5).build(tensor)
    first(examples(tensor, 4))  # so that running statistics move
    second.load_state_dict(load(save(first.state_dict())))
    x = examples(tensor, 3)
    assert torch.equal(first.eval()(x), second.eval()(x))


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_gradient_reaches_input_and_parameters(kind: type[Layer], tensor: TensorSpec) -> None:
    module = built(kind, tensor)
    x = examples(tensor, 4).requires_grad_(tensor.vocabulary is None)
    (module(x) * torch.rand_like(module(x))).sum().backward()
    if tensor.vocabulary is None:
        assert x.grad is not None
        assert torch.isfinite(x.grad).all()
        assert x.grad.abs().sum() > 0
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def rebuilt(module: nn.Module) -> nn.Module:
    """A leaf module rebuilt from its repr; for one of ours, from the source of its classes alone, as in a generated script."""
    namespace: dict[str, Any] = {"nn": nn, "torch": torch, "F": torch.nn.functional}
    if type(module).__module__.startswith("torch."):
        return cast(nn.Module, eval(f"nn.{module!r}", namespace))  # noqa: S307
    for kind in reversed([each for each in type(module).__mro__ if each.__module__.startswith("playground.")]):
        exec(inspect.getsource(kind), namespace)  # noqa: S102
    return cast(nn.Module, eval(repr(module), namespace))  # noqa: S307


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_repr_of_its_modules_is_runnable_code(kind: type[Layer], tensor: TensorSpec) -> None:
    for module in built(kind, tensor).modules():
        if not list(module.children()) and not isinstance(module, nn.Sequential | ResidualBlock | ParallelBlock | Features):
            again = rebuilt(module)
            assert repr(again) == repr(module)
            x = examples(tensor, 3)
            if len(list(built(kind, tensor).modules())) == 1:
                again.load_state_dict(module.state_dict())
                assert torch.equal(again.eval()(x), module.eval()(x))


def choices(kind: type[Layer]) -> list[tuple[str, Any]]:
    """Every value of every switch and every field with a fixed set of values."""
    options = {
        name: (False, True) if field.annotation is bool else get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        for name, field in kind.model_fields.items()
        if name != "kind"
    }
    return [(name, value) for name, values in options.items() for value in values]


def bounds(kind: type[Layer]) -> list[tuple[str, Any]]:
    """Every bound of every field that a value may reach."""
    reached = [
        (name, getattr(bound, "ge", getattr(bound, "le", None))) for name, field in kind.model_fields.items() for bound in field.metadata
    ]
    return [(name, value) for name, value in reached if value is not None]


@pytest.mark.parametrize(("kind", "tensor"), [case for case in CASES if choices(case.values[0])])
def test_every_choice_builds_and_gives_numbers(kind: type[Layer], tensor: TensorSpec) -> None:
    for name, choice in choices(kind):
        module = kind.model_validate({name: choice}).sized(5).build(tensor)
        assert torch.isfinite(module(examples(tensor, 3))).all(), (name, choice)


@pytest.mark.parametrize(("kind", "tensor"), [case for case in CASES if bounds(case.values[0])])
def test_every_field_at_its_bounds_builds_or_says_why_not(kind: type[Layer], tensor: TensorSpec) -> None:
    for name, value in bounds(kind):
        layer = kind.model_validate({name: value})
        problem, count = "", 0
        with torch.device("meta"):
            try:
                count = layer.sized(5).build(tensor)(tensor.sample(2, "meta")).shape[0]
            except ValueError as error:
                problem = str(error)
        assert count == 2 or len(problem) > 20, (name, value, problem)


@pytest.mark.parametrize(("kind", "tensor"), [case for case in OF_NUMBERS if case.values[0] is not Output])  # which only ends a network
def test_works_inside_blocks(kind: type[Layer], tensor: TensorSpec) -> None:
    alone, x = measured(kind(), tensor), examples(tensor, 3)
    torch.manual_seed(0)
    inner = (Residual(layers=(kind(), Identity())),) if alone.tensor == tensor else (kind(),)
    both = Parallel(branch=((kind(),), inner)).build(tensor).eval()
    first, joined = both.branches[0](x), both(x)
    axis = 2 if alone.tensor.has("length") else 1
    assert first.shape[1:] == alone.tensor.sizes
    assert torch.equal(joined.narrow(axis, 0, alone.tensor.depth), first)
    assert joined.shape[1:] == tuple(2 * size if number == axis else size for number, size in enumerate(alone.tensor.sizes, 1))
    assert sum(parameter.numel() for parameter in both.parameters()) == 2 * alone.parameters


@pytest.mark.parametrize(("kind", "tensor"), OF_NUMBERS)
def test_learns_inside_a_network(kind: type[Layer], tensor: TensorSpec) -> None:
    spec = experiment(kind(), tensor, epochs=1)
    assert trace(spec).ok
    events = run(spec)
    assert isinstance(events[-1], Finished)
    first, last = build_model(spec).state_dict(), [event.tensors for event in events if isinstance(event, Snapshot)][-1]
    assert first.keys() == last.keys()
    place = f"{len(around(kind(), tensor)[0])}."
    learned = {name for name, parameter in build_model(spec).named_parameters() if name.startswith(place) and parameter.requires_grad}
    assert learned == {name for name in learned if not torch.equal(first[name], last[name])}
    assert bool(learned) == (measured(kind().sized(10), tensor).parameters > 0)


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning", "ignore:Exporting a model to ONNX with a batch_size"
)
@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_onnxruntime_gives_the_same_for_any_number_of_examples(kind: type[Layer], tensor: TensorSpec) -> None:
    module, file = built(kind, tensor).eval(), io.BytesIO()
    axes = {"x": {0: "n"}, "y": {0: "n"}}
    torch.onnx.export(module, (examples(tensor, 3),), file, dynamo=False, input_names=["x"], output_names=["y"], dynamic_axes=axes)
    session = onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])
    x = examples(tensor, 2)
    x = x if tensor.vocabulary else x * 4 - 2
    (found,) = session.run(None, {"x": x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), module(x).detach(), rtol=1e-4, atol=1e-4)


NUMBERWISE = [
    layer for kind in LAYERS if issubclass(kind, Activation) and kind is not Softmax
    for layer in (kind(), *(kind.model_validate({field: 0.3}) for field in kind.symbols.values() if field in kind.model_fields))
]  # fmt: skip


@pytest.mark.parametrize("layer", NUMBERWISE, ids=repr)
def test_the_formula_of_an_activation_is_what_it_computes(layer: Activation) -> None:
    module = layer.build(tensor_of(1)).double()
    learned = {name: weights.item() for name, weights in module.named_parameters()}
    symbols = {symbol: learned.get(name) or getattr(layer, name) for symbol, name in layer.symbols.items()}
    for x in (-3.0, -0.9, -0.2, 0.0, 0.1, 0.8, 4.0):
        expected = module(torch.tensor([[x]], dtype=torch.double)).item()
        assert formula(layer.formula).value({"x": x, **symbols}) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.name())
def test_says_what_it_computes_in_a_line(kind: type[Layer]) -> None:
    assert 0 < len(kind.formula) <= 70
    assert set(kind.symbols.values()) <= {*kind.model_fields, "weight"}
