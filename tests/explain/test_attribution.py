"""Attributions against closed forms, hand computations and the axioms of their papers."""

import copy

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from playground.catalog.datasets import Digits8
from playground.explain import METHODS, ExplainError, GradCam, IntegratedGradients, attribute, make_baseline


def _linear(shape=(1, 6, 5), outputs=4, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), outputs)).double()


def _cnn(seed=0, channels=1):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3),
        nn.Tanh(),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(6 * 16, 5),
    )


def _mlp(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 32), nn.ReLU(), nn.Linear(32, 16), nn.GELU(), nn.Linear(16, 5))


def _images(count=1, seed=1, channels=1):
    return torch.rand(count, channels, 12, 12, generator=torch.Generator().manual_seed(seed))


def test_saliency_of_a_linear_network_is_its_weights():
    model, x = _linear(), torch.rand(2, 1, 6, 5, dtype=torch.float64)
    values = attribute(model, x, "saliency", 3).values
    assert torch.allclose(values, model[1].weight[3].reshape(1, 1, 6, 5).expand(2, -1, -1, -1))
    assert torch.allclose(attribute(model, x, "saliency", 3, absolute=True).values, values.abs())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["black", "white", "noise", "blurred"]), st.integers(0, 3), st.integers(2, 9))
def test_integrated_gradients_of_a_linear_network_are_weight_times_distance_from_the_baseline(seed, name, target, n_steps):
    model = _linear(seed=seed)
    x = torch.rand(2, 1, 6, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    result = attribute(model, x, target=target, baseline=name, n_steps=n_steps)
    expected = model[1].weight[target].reshape(1, 1, 6, 5) * (x - make_baseline(name, x))
    assert torch.allclose(result.values, expected, atol=1e-10)
    assert result.delta == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("build", [_cnn, _mlp])
@pytest.mark.parametrize("name", ["black", "white", "noise", "blurred", "mean"])
def test_integrated_gradients_add_up_to_the_change_of_the_output(build, name):
    model, x = build().double().eval(), _images(3).double()
    mean = torch.full((1, 12, 12), 0.3, dtype=torch.float64)
    result = attribute(model, x, target=2, baseline=name, n_steps=300, mean=mean)
    with torch.no_grad():
        change = (model(x) - model(make_baseline(name, x, mean)))[:, 2]
    missing = result.values.flatten(1).sum(1) - change
    assert result.delta == pytest.approx(float(missing[missing.abs().argmax()]), abs=1e-5)
    assert abs(result.delta) < 0.01 * float(change.abs().max()) + 1e-3
    rough = attribute(model, x, target=2, baseline=name, n_steps=3, mean=mean)
    assert abs(rough.delta) > abs(result.delta)


def test_integrated_gradients_of_a_square_are_exact_with_two_steps():
    class Square(nn.Module):
        def forward(self, x):
            return (x**2).sum(dim=1, keepdim=True)

    x = torch.tensor([[1.0, -2.0, 3.0]], dtype=torch.float64)
    assert torch.allclose(attribute(Square(), x, n_steps=2).values, x**2)  # ∫ 2αx·x dα = x²


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 4), st.integers(1, 2))
def test_occlusion_is_the_mean_loss_of_the_patches_that_cover_a_pixel(window, stride, target, channels):
    stride = min(stride, window)
    model, x = _cnn(channels=channels).double().eval(), _images(1, channels=channels).double()
    result = attribute(model, x, "occlusion", target, window=window, stride=stride, baseline="white").values
    lost, covered = torch.zeros_like(x), torch.zeros_like(x)
    positions = range(0, -(-(12 - window) // stride) * stride + 1, stride)
    with torch.no_grad():
        for top in positions:
            for left in positions:
                patched = x.clone()
                patch = (..., slice(top, top + window), slice(left, left + window))
                patched[patch] = 1
                lost[patch] += (model(x) - model(patched))[0, target]
                covered[patch] += 1
    assert torch.allclose(result, lost / covered, atol=1e-9)


def test_occlusion_of_single_numbers_of_a_linear_network_is_exact_for_vectors_too():
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Linear(7, 3)).double(), torch.rand(2, 7, dtype=torch.float64)
    result = attribute(model, x, "occlusion", 1, window=1, stride=1)
    assert torch.allclose(result.values, model[0].weight[1] * x)


def test_grad_cam_of_a_toy_network_as_worked_out_by_hand():
    model = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8, 1, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, -1.0]).view(2, 1, 1, 1))  # one map is x, the other −x
        model[3].weight.copy_(torch.tensor([[1.0, 2, 3, 4, 8, 8, 8, 8]]))
    x = torch.arange(16.0).view(1, 1, 4, 4) - 7
    # The pool's maps are p and −p; the output's gradient at them is the last layer's weights, whose means are 2.5 and 8: 2.5 p − 8 p.
    pooled = -5.5 * F.avg_pool2d(x, 2)
    signed = F.interpolate(pooled, (4, 4), mode="bilinear")
    assert torch.allclose(attribute(model, x, "grad_cam", layer="1", positive=False).values, signed, atol=1e-5)
    assert torch.allclose(
        attribute(model, x, "grad_cam", layer="1").values, F.interpolate(pooled.relu(), (4, 4), mode="bilinear"), atol=1e-5
    )
    # At the convolution each pixel has a quarter of its pool's gradient: (2.5 − 8) / 4 · x, at full size already.
    assert torch.allclose(attribute(model, x, "grad_cam", layer=0, positive=False).values, -1.375 * x, atol=1e-5)


def test_grad_cam_of_images_is_captums():
    model, x = _cnn().eval(), _images(3)
    theirs = LayerGradCam(model, model[4]).attribute(x, target=2, relu_attributions=True)
    expected = F.interpolate(theirs, (12, 12), mode="bilinear").expand_as(x)
    assert torch.allclose(attribute(model, x, "grad_cam", 2).values, expected, atol=1e-6)


def test_grad_cam_offers_the_maps_from_the_first_convolution_on_and_takes_the_last_by_default():
    from playground.explain import layers

    model, x = _cnn(), _images()
    assert [layer.name for layer in GradCam.pick(layers(model, x))] == ["0", "1", "2", "3", "4", "5"]
    assert torch.equal(attribute(model, x, "grad_cam").values, attribute(model, x, "grad_cam", layer="4").values)
    assert GradCam.applies_to(model) is None
    assert "no" in str(GradCam.applies_to(_mlp()))
    along_a_sequence = nn.Sequential(nn.Flatten(1, 2), nn.Conv1d(4, 2, 3), nn.Flatten(), nn.Linear(4, 2))
    assert "no" in str(GradCam.applies_to(along_a_sequence))
    with pytest.raises(ExplainError, match="convolution"):
        attribute(_mlp(), x, "grad_cam")


@pytest.mark.parametrize("method", METHODS.kinds())
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_every_method_leaves_the_network_and_the_input_as_they_were(method, mode):
    model = _cnn().train()
    model[0].weight.grad = torch.ones_like(model[0].weight)
    before, random = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    with mode():
        x = _images()
        kept = x.clone()
        result = attribute(model, x, method, target=1)
    assert result.values.shape == x.shape
    assert not result.values.requires_grad
    assert torch.equal(x, kept)
    assert not x.requires_grad
    assert model.training
    assert all(module.training for module in model.modules())
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert torch.equal(model[0].weight.grad, torch.ones_like(model[0].weight))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks or module._backward_hooks or module._forward_pre_hooks for module in model.modules())
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.equal(result.values, attribute(model.eval(), kept, method, target=1).values)  # dropout and batch statistics are off


@pytest.mark.parametrize("method", METHODS.kinds())
def test_a_batch_gives_what_its_examples_give_one_by_one(method):
    model, x = _cnn().eval(), _images(3)
    targets = [4, 0, 2]
    together = attribute(model, x, method, targets)
    assert together.targets == (4, 0, 2)
    for index, target in enumerate(targets):
        alone = attribute(model, x[index : index + 1], method, target)
        assert torch.allclose(together.values[index], alone.values[0], atol=1e-5)
        assert together.outputs[index] == pytest.approx(model(x[index : index + 1])[0, target].item(), abs=1e-5)


def test_without_a_target_the_networks_own_answer_is_explained():
    model, x = _cnn().eval(), _images(4)
    result = attribute(model, x, "saliency")
    assert result.targets == tuple(model(x).argmax(1).tolist())
    assert result.target == result.targets[0]


def test_a_result_says_how_it_was_made():
    result = attribute(_cnn(), _images(), IntegratedGradients(n_steps=7), 0, baseline="white")
    assert result.settings == IntegratedGradients(n_steps=7, baseline="white")
    assert result.method == "integrated_gradients"
    assert result.seconds > 0
    assert attribute(_cnn(), _images(), "occlusion", 0).delta is None


def test_a_baseline_of_ones_own():
    model, x = _linear(), torch.rand(1, 1, 6, 5, dtype=torch.float64)
    own = torch.rand(1, 6, 5, dtype=torch.float64)
    expected = model[1].weight[0].reshape(1, 1, 6, 5) * (x - own)
    assert torch.allclose(attribute(model, x, target=0, baseline=own).values, expected)


def test_baselines_are_what_they_are_called():
    x = _images(2, channels=3)
    assert not make_baseline("black", x).any()
    assert bool((make_baseline("white", x) == 1).all())
    assert torch.equal(make_baseline("mean", x, torch.full((3, 12, 12), 0.25)), torch.full_like(x, 0.25))
    assert torch.equal(make_baseline("noise", x, seed=3), make_baseline("noise", x, seed=3))
    assert not torch.equal(make_baseline("noise", x, seed=3), make_baseline("noise", x, seed=4))
    flat = torch.full((1, 1, 9, 9), 0.4)
    assert torch.allclose(make_baseline("blurred", flat), flat)
    dot = torch.zeros(1, 1, 29, 29)
    dot[..., 14, 14] = 1
    spread = make_baseline("blurred", dot)[0, 0]
    index = torch.arange(29.0) - 14
    assert float(spread.sum()) == pytest.approx(1, abs=1e-5)
    assert float((spread.sum(0) * index**2).sum()) ** 0.5 == pytest.approx(29 / 7, rel=0.15)


WRONG = {
    "method: unknown 'salience'; did you mean 'saliency'": {"method": "salience"},
    "method: unknown 'magic'; known: saliency": {"method": "magic"},
    "target: must be an output between 0 and 4, got 5": {"target": 5},
    "target: must be an output between 0 and 4, got -1": {"target": -1},
    "target: must be one for all 1 examples": {"target": [1, 2]},
    "n_steps: must be at least 2, got 0": {"n_steps": 0},
    "n_steps: must be at most 1000, got 100000": {"n_steps": 100_000},
    "did you mean 'n_steps'": {"nsteps": 5},
    "baseline: must be 'black'": {"baseline": "pink"},
    "baseline: the mean of the training set is not known": {"baseline": "mean"},
    "baseline: must have the shape": {"baseline": torch.zeros(3)},
    "baseline: Saliency takes no baseline": {"method": "saliency", "baseline": torch.zeros(1, 12, 12)},
    "layer: unknown '99'": {"method": "grad_cam", "layer": "99"},
    "layer: unknown '8'": {"method": "grad_cam", "layer": 8},
    "window: must be at most 12": {"method": "occlusion", "window": 13},
    "stride: must be at most the window": {"method": "occlusion", "stride": 9},
}


@pytest.mark.parametrize("message", WRONG)
def test_an_invalid_question_is_refused_with_setting_rule_value_and_suggestion(message):
    with pytest.raises(ExplainError) as error:
        attribute(_cnn(), _images(), **WRONG[message])
    assert message in str(error.value)


@pytest.mark.parametrize(
    "x",
    [
        torch.rand(12, 12),
        torch.rand(1, 1, 9, 12),
        torch.rand(1, 2, 12, 12),
        torch.zeros(1, 1, 12, 12, dtype=torch.uint8),
        torch.rand(0, 1, 12, 12),
    ],
    ids=["no batch", "too small", "channels", "bytes", "empty"],
)
def test_an_input_that_does_not_fit_is_refused(x):
    with pytest.raises(ExplainError, match=r"^x: "):
        attribute(_cnn(), x)


def test_numbers_that_are_none_are_refused():
    with pytest.raises(ExplainError, match="NaN"):
        attribute(_cnn(), torch.full((1, 1, 12, 12), torch.nan))
    broken = _cnn()
    with torch.no_grad():
        broken[8].weight.fill_(torch.inf)
    with pytest.raises(ExplainError, match="diverged"):
        attribute(broken, _images())
    with pytest.raises(ExplainError, match="at most 256"):
        attribute(_cnn(), torch.zeros(257, 1, 12, 12))
    with pytest.raises(ExplainError, match="only images can be blurred"):
        attribute(nn.Sequential(nn.Linear(3, 2)), torch.rand(1, 3), baseline="blurred")


@pytest.mark.parametrize(("name", "value"), [("black", 0.0), ("white", 1.0)])
def test_a_black_baseline_is_black_for_a_network_that_takes_standardized_images(name, value):
    """A linear network of standardized pixels is a linear one of the pixels themselves, its weights over their deviations."""
    dataset = Digits8(standardise=True)
    pixels = dataset.numbers(dataset.load().test.inputs[:3])
    x = dataset.encode(dataset.load().test.inputs[:3])
    deviation = np.asarray(dataset.load().train.inputs).std(dtype=np.float64) / 255
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    result = attribute(model, x, target=4, baseline=name, n_steps=20, scaled=dataset.scaled)
    expected = model[1].weight[4].reshape(1, 1, 8, 8) / deviation * (pixels - value)
    torch.testing.assert_close(result.values, expected.detach(), rtol=1e-4, atol=1e-5)
    plain = make_baseline("blurred", pixels)
    torch.testing.assert_close(make_baseline("blurred", x, scaled=dataset.scaled), dataset.scaled(plain), rtol=1e-4, atol=1e-5)
