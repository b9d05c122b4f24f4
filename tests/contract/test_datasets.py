"""The contract of every dataset."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn import datasets

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import (
    DATASETS,
    Adding,
    Brackets,
    Data,
    Dataset,
    Images,
    NoisyDigits,
    Parity,
    PythonDocs,
    Rearranging,
    Sentences,
    Shapes,
    Split,
)
from playground.catalog.datasets.curve import Function
from playground.catalog.encodings import CurveEncoding, ImageEncoding, PointEncoding, RowEncoding
from playground.catalog.tensors import PADDING_SYMBOL

THERE = [kind for kind in DATASETS if "key" not in kind.model_fields]
"""Sets that are there at once: of those that are brought, tests/own makes some."""


def of(kinds: Iterable[type[Dataset]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", list(kinds), ids=lambda kind: kind.name())


ALL = of(DATASETS)
KINDS = of(THERE)
IMAGES = of(kind for kind in THERE if isinstance(kind().encoding, ImageEncoding))
LABELED_IMAGES = of(kind for kind in THERE if issubclass(kind, Images))
POINTS = of(kind for kind in THERE if isinstance(kind().encoding, PointEncoding))
TABLES = of(kind for kind in THERE if isinstance(kind().encoding, RowEncoding))
CURVES = of(kind for kind in THERE if isinstance(kind().encoding, CurveEncoding))
CLASSES = of(kind for kind in THERE if kind().classes and not kind().task.per_step)
SEQUENCES = of(kind for kind in THERE if kind().tensor.has("length"))


def same(first: Data, second: Data) -> bool:
    pairs = [(first.train, second.train), (first.test, second.test)]
    return all(equal(a.inputs, b.inputs) and equal(a.targets, b.targets) for a, b in pairs)


def equal(first: NDArray[Any], second: NDArray[Any]) -> bool:
    """Also where both are NaN, as in padding."""
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


@KINDS
def test_examples_have_the_declared_form(kind: type[Dataset]) -> None:
    data = kind().load()
    for split in (data.train, data.test):
        assert len(split) == len(split.inputs) == len(split.targets) > 0
        assert split.inputs.shape[1:] == kind().shape
        assert split.inputs.dtype == kind().encoding.stored
        if kind().task.per_step:
            assert split.targets.dtype == np.int64
            assert split.targets.shape == (len(split), kind().tensor.size("length"))
            assert set(split.targets.ravel()) <= {IGNORED, *range(len(kind().classes))}
            assert not (split.targets[np.asarray(split.inputs) == PADDING_SYMBOL] != IGNORED).any()
            assert (split.targets != IGNORED).any(axis=1).all()
        elif kind().classes:
            assert split.targets.dtype == np.int64
            assert split.targets.shape == (len(split),)
            assert set(split.targets) == set(range(len(kind().classes)))
        else:
            assert split.targets.dtype == np.float32
            assert split.targets.shape == (len(split), kind().target_size)


@pytest.mark.parametrize("setting", [{}, {"train_size": 37}, {"label_noise": 0.5}], ids=str)
@KINDS
def test_a_preview_shows_training_examples(kind: type[Dataset], setting: dict[str, float]) -> None:
    assert_real(kind.model_validate(setting))


def test_a_preview_of_digits_with_holes_shows_training_examples() -> None:
    assert_real(NoisyDigits(holes=0.2))


def assert_real(dataset: Dataset) -> None:
    train, shown = dataset.load().train, dataset.preview().train
    assert len(shown) > 0
    assert pairs(shown) <= pairs(train)


@of((Adding, Parity, Brackets, Rearranging, Sentences, PythonDocs, NoisyDigits, Shapes))
def test_a_preview_of_a_generated_set_does_not_generate_it(kind: type[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    kind().preview()
    assert not list(tmp_path.glob(f"datasets/{kind.name()}-*"))


@KINDS
def test_task_and_classes_go_together(kind: type[Dataset]) -> None:
    assert len(set(kind().classes)) == len(kind().classes)
    expected = {0: "regression", 2: "binary"}.get(len(kind().classes), "multiclass")
    assert kind().task.answer == expected or (kind().task.name() == "reconstruction" and kind().target_size > 1)


@SEQUENCES
def test_no_sequence_of_the_test_occurs_in_training(kind: type[Dataset]) -> None:
    data = kind().load()
    assert not rows(data.train.inputs) & rows(data.test.inputs)
    assert data.train.inputs.shape[1] == kind().tensor.size("length")


@KINDS
def test_same_settings_same_examples(kind: type[Dataset]) -> None:
    assert same(kind().load(), kind().load())


@KINDS
def test_encoded_examples_fit_the_network(kind: type[Dataset]) -> None:
    raw = kind().load().test.inputs[:5]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of arrays that it may not write to
        encoded = kind().encode(raw)
    assert encoded.shape == (5, *kind().shape)
    assert encoded.dtype == kind().tensor.dtype
    torch.testing.assert_close(encoded, kind().encode(torch.from_numpy(raw.copy())), equal_nan=True)
    with pytest.raises(ValueError, match="expected examples of"):
        kind().encode(np.zeros((5, 3, 7), dtype=np.float32))


@IMAGES
def test_images_become_numbers_from_0_to_1(kind: type[Dataset]) -> None:
    raw = kind().load().test.inputs
    assert raw.min() < 40  # a drawn background is nearly black
    assert raw.max() > 240
    encoded = kind().encode(raw)
    np.testing.assert_allclose(encoded.numpy(), raw / 255, atol=1e-7)
    bare = raw[:, 0] if raw.shape[1] == 1 else raw  # one channel needs no axis
    for form in (bare, raw.astype(np.int64), bare.tolist()):  # whole numbers are whole numbers
        assert torch.equal(kind().encode(form), encoded)
    assert torch.equal(kind().encode(encoded), encoded)


@IMAGES
def test_what_is_read_is_not_what_the_next_one_reads(kind: type[Dataset]) -> None:
    """The cached file is never written, whatever is done with the array."""
    first = kind().load()
    before = first.train.inputs[0].copy()
    first.train.inputs[0] = 255 - before
    assert np.array_equal(kind().load().train.inputs[0], before)


@LABELED_IMAGES
def test_augmentations_are_bounded(kind: type[Dataset]) -> None:
    one = {"kind": "rotation", "degrees": 12}
    assert len(kind.model_validate({"augmentations": [one] * 20}).augmentations) == 20  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="at most 20"):
        kind.model_validate({"augmentations": [one] * 21})


@POINTS
@pytest.mark.parametrize("test_share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize("samples", [10, 11, 257])
def test_points_at_the_ends_of_their_settings(kind: type[Dataset], samples: int, noise: float, test_share: float) -> None:
    dataset = kind.model_validate({"samples": samples, "noise": noise, "test_share": test_share, "seed": 7})
    data = dataset.load()
    assert len(data.train) + len(data.test) == samples
    assert len(data.train) > 0
    assert len(data.test) == round(samples * test_share)
    inputs = np.concatenate([data.train.inputs, data.test.inputs])
    assert np.isfinite(inputs).all()
    assert inputs.min() >= kind.bounds[0]
    assert inputs.max() <= kind.bounds[1]
    assert same(data, dataset.load())
    assert not same(data, dataset.model_copy(update={"seed": 8}).load()) or (kind.name() in ("spiral", "moons") and noise == 0)


@POINTS
def test_noise_changes_the_examples(kind: type[Dataset]) -> None:
    assert not same(kind().load(), kind.model_validate({"noise": 0.3}).load())


@POINTS
@pytest.mark.parametrize(
    "wrong",
    [{"samples": 9}, {"samples": 20_001}, {"noise": 0.6}, {"noise": -0.1}, {"test_share": 0.0}, {"test_share": 1.0}, {"seed": -1}],
    ids=str,
)
def test_settings_out_of_range_are_refused(kind: type[Dataset], wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        kind.model_validate(wrong)


@of(kind for kind in THERE if isinstance(kind().encoding, PointEncoding) and kind().classes)
def test_classes_are_balanced_and_split_alike(kind: type[Dataset]) -> None:
    data = kind.model_validate({"samples": 600, "test_share": 0.3}).load()
    train, test = (np.bincount(split.targets, minlength=len(kind().classes)) for split in (data.train, data.test))
    assert np.abs(test - 0.3 * (train + test)).max() <= 1
    assert (train + test).min() > 600 / len(kind().classes) * 0.85  # xor is drawn at random, the others to the point


@TABLES
def test_columns_have_names_and_rows_are_those_of_scikit_learn(kind: type[Dataset]) -> None:
    """What scikit-learn's own loaders give, in whatever order; the diabetes target is in hundreds."""
    loader = {"iris": "load_iris", "wine": "load_wine", "breast_cancer": "load_breast_cancer", "diabetes": "load_diabetes"}[kind.name()]
    bunch = getattr(datasets, loader)(**({"scaled": False} if kind.name() == "diabetes" else {}))
    data = kind().load()
    names = kind().feature_names
    assert len(set(names)) == len(names) == bunch.data.shape[1]
    rows = np.concatenate([np.column_stack([each.inputs, each.targets]) for each in (data.train, data.test)])
    expected = np.column_stack([bunch.data, bunch.target / (1 if kind().classes else 100)]).astype(np.float32)
    np.testing.assert_allclose(rows[np.lexsort(rows.T)], expected[np.lexsort(expected.T)], rtol=1e-6)
    if kind.name() in ("iris", "breast_cancer"):
        assert list(kind().classes) == list(bunch.target_names)


@TABLES
def test_rows_of_the_test_follow_share_and_seed(kind: type[Dataset]) -> None:
    whole = sum(map(len, (kind().load().train, kind().load().test)))
    for share in (0.1, 0.9):
        data = kind.model_validate({"test_share": share}).load()
        assert len(data.test) == round(whole * share)
        assert len(data.train) == whole - len(data.test)
    assert not same(kind().load(), kind.model_validate({"seed": 1}).load())


@CURVES
@pytest.mark.parametrize("function", get_args(Function))
def test_without_noise_points_lie_on_the_curve(kind: type[Dataset], function: str) -> None:
    data = kind.model_validate({"function": function, "noise": 0, "samples": 2000}).load()
    x, y = (np.concatenate([getattr(each, name)[:, 0] for each in (data.train, data.test)]).astype(float) for name in ("inputs", "targets"))
    forms = {  # each at a place where it is known by heart
        "sine": (np.pi / 2, 1), "step": (3, 1), "polynomial": (-6, -1), "damped": (-6, 1), "absolute": (6, 1), "sawtooth": (1.5, 0),
        "bump": (0, 1),
    }  # fmt: skip
    place, height = forms[function]
    assert y[np.abs(x - place).argmin()] == pytest.approx(height, abs=0.05)
    assert np.abs(y).max() <= 1 + 1e-6
    assert x.min() == pytest.approx(-6, abs=0.05)
    assert x.max() == pytest.approx(6, abs=0.05)


@CURVES
def test_noise_of_a_curve_is_its_standard_deviation(kind: type[Dataset]) -> None:
    data = kind.model_validate({"noise": 0.3, "samples": 20_000}).load()
    for each in (data.train, data.test):
        left = each.targets[:, 0] - np.sin(each.inputs[:, 0].astype(float))
        assert left.std() == pytest.approx(0.3, rel=0.03)
        assert left.mean() == pytest.approx(0, abs=0.01)


@CURVES
@pytest.mark.parametrize(("gap_at", "start", "end"), [("left", -6, -1.2), ("middle", -2.4, 2.4), ("right", 1.2, 6)])
def test_in_a_gap_only_the_test_has_points(kind: type[Dataset], gap_at: str, start: float, end: float) -> None:
    data = kind.model_validate({"gap": 0.4, "gap_at": gap_at, "samples": 4000, "test_share": 0.25}).load()
    train, test = (each.inputs[:, 0] for each in (data.train, data.test))
    assert (len(train), len(test)) == (3000, 1000)
    assert not ((train > start + 1e-5) & (train < end - 1e-5)).any()
    assert ((test > start) & (test < end)).mean() == pytest.approx(0.4, abs=0.05)
    allowed = [(low, high) for low, high in ((-6, start), (end, 6)) if high > low]
    widths = sum(high - low for low, high in allowed)
    for low, high in allowed:
        assert ((train >= low) & (train <= high)).mean() == pytest.approx((high - low) / widths, abs=0.03)


@KINDS
@pytest.mark.parametrize("setting", [{"train_size": 1}, {"train_size": 37}, {"imbalance": 100.0}, {"label_noise": 0.9}], ids=str)
def test_what_makes_a_set_harder_leaves_its_test_alone(kind: type[Dataset], setting: dict[str, float]) -> None:
    plain, harder = kind().load(), kind.model_validate(setting).load()
    assert equal(plain.test.inputs, harder.test.inputs)
    assert np.array_equal(plain.test.targets, harder.test.targets)
    assert same(harder, kind.model_validate(setting).load())
    assert 0 < len(harder.train) <= len(plain.train)
    assert harder.train.targets.dtype == plain.train.targets.dtype
    assert harder.train.inputs.dtype == plain.train.inputs.dtype


@KINDS
def test_train_size_limits_the_examples_and_keeps_class_proportions(kind: type[Dataset]) -> None:
    plain, fewer = kind().load().train, kind.model_validate({"train_size": 40}).load().train
    assert len(fewer) == 40
    assert rows(fewer.inputs) <= rows(plain.inputs)
    if kind().classes and not kind().task.per_step:
        assert np.abs(np.bincount(fewer.targets, minlength=len(kind().classes)) - 40 * shares(plain.targets)).max() <= 1
    assert len(kind.model_validate({"train_size": 10_000_000}).load().train) == len(plain)


@CLASSES
def test_the_last_class_is_so_many_times_rarer(kind: type[Dataset]) -> None:
    before, after = (np.bincount(kind.model_validate({"imbalance": ratio}).load().train.targets) for ratio in (1.0, 10.0))
    classes = len(before)
    expected = before * 10.0 ** (-np.arange(classes) / (classes - 1))
    assert np.abs(after - np.maximum(expected, 1)).max() <= 0.5
    assert after[0] == before[0]


@KINDS
def test_only_settings_with_an_effect_are_offered(kind: type[Dataset]) -> None:
    plain = kind.model_validate({"standardise": False})
    imbalanced, standardized = (plain.model_copy(update=update) for update in ({"imbalance": 10.0}, {"standardise": True}))
    raw = np.asarray(plain.load().test.inputs[:7])
    effects = {
        "imbalance": len(imbalanced.load().train) < len(plain.load().train),
        "standardise": not torch.equal(plain.encode(raw).nan_to_num(), standardized.encode(raw).nan_to_num()),
    }
    assert {name: name in plain.difficulty for name in effects} == effects


@KINDS
def test_wrong_classes_are_so_many_and_wrong_values_stray_so_far(kind: type[Dataset]) -> None:
    plain, noisy = kind().load().train, kind.model_validate({"label_noise": 0.4}).load().train
    assert equal(plain.inputs, noisy.inputs)
    if kind().classes:
        answers = plain.targets >= 0  # all, but for padding
        assert (plain.targets != noisy.targets).sum() == round(0.4 * answers.sum())
        assert set(noisy.targets[answers]) <= set(range(len(kind().classes)))
        assert np.array_equal(noisy.targets >= 0, answers)
    else:
        strayed = (noisy.targets - plain.targets)[:, plain.targets.std(axis=0) > 0.05]
        spread = plain.targets.std(axis=0)[plain.targets.std(axis=0) > 0.05]
        assert strayed.std(axis=0) / spread == pytest.approx(0.4, rel=0.2)


@KINDS
def test_standardized_training_examples_have_mean_0_and_deviation_1(kind: type[Dataset]) -> None:
    dataset = kind.model_validate({"standardise": True})
    data = dataset.load()
    if not dataset.standardizes:
        raw = np.asarray(data.train.inputs[:7])
        assert torch.equal(dataset.encode(raw), torch.from_numpy(raw))
        return
    kept = dataset.tensor.names.index("channels" if dataset.tensor.has("channels") else "features") + 1
    axes = tuple(axis for axis in range(1 + len(dataset.shape)) if axis != kept)
    encoded = dataset.encode(np.asarray(data.train.inputs)).double()
    size = dataset.shape[kept - 1]
    mean = encoded.nanmean(dim=axes)
    deviation = (encoded - encoded.nanmean(dim=axes, keepdim=True)).square().nanmean(dim=axes).sqrt()
    torch.testing.assert_close(mean, torch.zeros(size, dtype=torch.float64), atol=1e-3, rtol=0)
    torch.testing.assert_close(deviation, torch.ones(size, dtype=torch.float64), atol=1e-3, rtol=0)
    raw = np.asarray(data.test.inputs[:7])
    numbers = dataset.numbers(raw)
    torch.testing.assert_close(dataset.scaled(numbers), dataset.encode(raw), equal_nan=True)
    np.testing.assert_allclose(dataset.decode(dataset.encode(raw)).astype(float), raw, rtol=1e-4, atol=1e-4)
    plain = kind.model_validate({"standardise": False})
    torch.testing.assert_close(plain.encode(raw), numbers, equal_nan=True)
    span = dataset.scaled(torch.ones_like(numbers)) - dataset.scaled(torch.zeros_like(numbers))  # one over the deviation, of the test too
    torch.testing.assert_close(
        dataset.encode(raw) - dataset.scaled(torch.zeros_like(numbers)), numbers * span, rtol=1e-4, atol=1e-4, equal_nan=True
    )


@TABLES
def test_a_feature_that_never_changes_is_not_blown_up(kind: type[Dataset]) -> None:
    dataset = kind.model_validate({"train_size": 1, "standardise": True})
    encoded = dataset.encode(np.asarray(dataset.load().test.inputs))
    assert torch.isfinite(encoded).all()
    torch.testing.assert_close(dataset.encode(np.asarray(dataset.load().train.inputs)), torch.zeros(1, *dataset.shape))


@ALL
@pytest.mark.parametrize(
    "wrong", [{"train_size": 0}, {"imbalance": 0.5}, {"imbalance": 101}, {"label_noise": 0.95}, {"label_noise": -0.1}], ids=str
)
def test_difficulty_out_of_range_is_refused(kind: type[Dataset], wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        kind.model_validate(wrong)


def pairs(split: Split) -> set[tuple[bytes, bytes]]:
    """Each example with its target."""
    return {(example.tobytes(), target.tobytes()) for example, target in zip(split.inputs, split.targets, strict=True)}


def rows(inputs: NDArray[Any]) -> set[bytes]:
    return {np.ascontiguousarray(each).tobytes() for each in inputs}


def shares(targets: NDArray[Any]) -> NDArray[np.float64]:
    counts = np.bincount(targets)
    return counts / counts.sum()
