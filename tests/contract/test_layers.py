"""What every layer must do, whatever it is."""

import pytest
import torch
from safetensors.torch import load, save
from torch import nn

from playground.catalog.layers import LAYERS, Layer, Shape

SHAPES: tuple[Shape, ...] = ((6,), (3, 8, 8))
"""A vector and an image, for the layers that take them."""

CASES = [
    pytest.param(kind, shape, id=f"{kind.name()}-{len(shape)}d")
    for kind in LAYERS
    for shape in SHAPES
    if not kind.ranks or len(shape) in kind.ranks
]


def built(kind: type[Layer], shape: Shape) -> nn.Module:
    torch.manual_seed(0)
    return kind().sized(5).build(shape)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.name())
def test_belongs_to_a_group_of_the_menu(kind: type[Layer]) -> None:
    assert kind.group


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_same_shape_on_meta_as_for_real(kind: type[Layer], shape: Shape) -> None:
    with torch.device("meta"):
        meta = kind().sized(5).build(shape)(torch.empty(2, *shape))
    real = built(kind, shape)(torch.rand(2, *shape))
    assert meta.shape == real.shape
    assert real.dtype == torch.float32


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_examples_do_not_touch_each_other_in_evaluation(kind: type[Layer], shape: Shape) -> None:
    module = built(kind, shape).eval()
    batch = torch.rand(4, *shape)
    together = module(batch)
    alone = torch.cat([module(example.unsqueeze(0)) for example in batch])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_weights_survive_saving(kind: type[Layer], shape: Shape) -> None:
    first, second = built(kind, shape), kind().sized(5).build(shape)
    first(torch.rand(4, *shape))  # so that running statistics move
    second.load_state_dict(load(save(first.state_dict())))
    x = torch.rand(3, *shape)
    assert torch.equal(first.eval()(x), second.eval()(x))


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_gradient_reaches_input_and_parameters(kind: type[Layer], shape: Shape) -> None:
    module = built(kind, shape)
    x = torch.rand(4, *shape, requires_grad=True)
    (module(x) * torch.rand_like(module(x))).sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
    assert x.grad.abs().sum() > 0
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_repr_of_its_modules_is_runnable_code(kind: type[Layer], shape: Shape) -> None:
    for module in built(kind, shape).modules():
        if not list(module.children()):
            again = eval(f"nn.{module!r}", {"nn": nn})  # noqa: S307
            assert repr(again) == repr(module)


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_every_field_at_its_bounds_builds_or_says_why_not(kind: type[Layer], shape: Shape) -> None:
    for name, field in kind.model_fields.items():
        for bound in field.metadata:
            value = getattr(bound, "ge", getattr(bound, "le", None))
            if value is None:
                continue
            layer = kind.model_validate({name: value})
            with torch.device("meta"):
                problem = None
                try:
                    assert layer.sized(5).build(shape)(torch.empty(2, *shape)).shape[0] == 2
                except ValueError as error:
                    problem = str(error)
            assert problem is None or len(problem) > 20
