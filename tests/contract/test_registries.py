"""The contract of every entry of every registry: it describes itself and survives a JSON round trip."""

import pytest
from pydantic import TypeAdapter

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.layers import LAYERS
from playground.catalog.losses import LOSSES
from playground.catalog.metrics import METRICS
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.tasks import TASKS
from playground.catalog.variant import Registry, Variant
from playground.explain import METHODS

REGISTRIES: tuple[Registry[Variant], ...] = (LAYERS, DATASETS, AUGMENTATIONS, LOSSES, OPTIMIZERS, SCHEDULES, TASKS, METRICS, METHODS)  # type: ignore[assignment]

KINDS = pytest.mark.parametrize("kind", [pytest.param(kind, id=f"{each.family}-{kind.name()}") for each in REGISTRIES for kind in each])
ENTRIES = pytest.mark.parametrize(
    ("registry", "kind"), [pytest.param(each, kind, id=f"{each.family}-{kind.name()}") for each in REGISTRIES for kind in each]
)


@KINDS
def test_says_what_it_is(kind: type[Variant]) -> None:
    assert kind.title
    assert kind.source
    assert len(kind.help()) > 20
    for name, field in kind.model_fields.items():
        if name != "kind":
            assert field.title, f"{kind.name()}.{name} has no title"
            assert field.description, f"{kind.name()}.{name} has no help"


@ENTRIES
def test_json_round_trip_and_strangers_refused(registry: Registry[Variant], kind: type[Variant]) -> None:
    adapter: TypeAdapter[Variant] = TypeAdapter(registry.union())
    assert adapter.validate_json(kind().model_dump_json()) == kind()
    with pytest.raises(ValueError, match="colour"):
        adapter.validate_python({"kind": kind.name(), "colour": "red"})


@pytest.mark.parametrize(
    ("kind", "spoken"),
    [
        (LAYERS["dense"], "dense"),
        (LAYERS["leaky_relu"], "leaky ReLU"),
        (LAYERS["conv2d"], "convolution 2D"),
        (LAYERS["gelu"], "GELU"),
        (LAYERS["batch_norm"], "batch normalization"),
        (LOSSES["kl_divergence"], "KL divergence"),
        (LAYERS["gaussian_noise"], "Gaussian noise"),
        (LOSSES["cross_entropy"], "cross-entropy"),
        (LOSSES["huber"], "Huber loss"),
        (AUGMENTATIONS["cutmix"], "CutMix"),
        (AUGMENTATIONS["affine"], "shift, scale, shear"),
    ],
)
def test_within_a_sentence_names_are_as_people_write_them(kind: type[Variant], spoken: str) -> None:
    assert kind.spoken() == spoken
