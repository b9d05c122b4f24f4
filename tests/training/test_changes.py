"""Settings and weights that change while a run goes on: the same values take effect, and the spec with the changes repeats the run."""

import math
import re

import pytest
import torch
from torch import optim

from playground.catalog.augmentations import HorizontalFlip, Rotation
from playground.catalog.datasets import Circle, Digits8, JapaneseVowels
from playground.catalog.layers import (
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Output,
    ReLU,
    Residual,
    SequencePool,
    Tanh,
    TransformerBlock,
)
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import LBFGS, SGD, Adam
from playground.catalog.schedules import SCHEDULES, Constant, Schedule, set_learning_rate
from playground.export.link import from_token, to_token
from playground.network import build_model, changeable
from playground.network.changing import without_stale
from playground.parsing import parse_spec
from playground.spec import Change, ExperimentSpec, SpecError, TrainingSettings
from playground.training import Changed, CheckpointError, Control, Evaluated, Event, Progress, Refused, train
from tests.training.resuming import assert_continues, with_checkpoints
from tests.training.specs import digits, losses, of_kind, points, run

ON_ONE_THREAD = {"threads": 1, "memory_format": "contiguous"}
NOISY = (Dense(units=6), Tanh(), GaussianNoise(), Residual(layers=(Dropout(rate=0.1), Dense(units=6))), Output())


def noisy(**fields: object) -> ExperimentSpec:
    """On 60 points, with everything whose settings can change; 4 steps in each of 3 epochs."""
    return points(*NOISY, optimizer=SGD(lr=0.2, momentum=0.9), training=ON_ONE_THREAD, **fields)


def altered(spec: ExperimentSpec, *alterations: tuple[str, float], at: int = 5) -> list[Event]:
    """The events of a run in which these are changed after a step."""
    control, events = Control(pace="batch"), []
    for event in train(spec, control=control):
        events.append(event)
        if isinstance(event, Progress) and event.steps[-1] == at:
            control.alterations.extend(alterations)
    return events


def repeated(spec: ExperimentSpec, events: list[Event]) -> ExperimentSpec:
    """The spec with the changes that were made in a run, as it comes out of a link."""
    for event in of_kind(events, Changed):
        spec = spec.with_change(Change(step=event.step, path=event.path, value=event.value))
    return from_token(to_token(spec))


CHANGES = {
    "optimizer.lr": 0.05,
    "network[2].sigma": 0.7,
    "network[3].layers[0].rate": 0.6,
    "network[0].weight[3][1]": 1.5,
    "network[3].layers[1].bias[2]": -0.75,
}


@pytest.mark.parametrize("path", CHANGES)
def test_the_spec_with_a_change_repeats_the_run_bit_for_bit(path: str) -> None:
    spec = noisy()
    events = altered(spec, (path, CHANGES[path]))
    assert [(event.step, event.path, event.value) for event in of_kind(events, Changed)] == [(5, path, CHANGES[path])]
    again = repeated(spec, events)
    assert losses(run(again)) == losses(events)
    plain = losses(run(spec))
    assert losses(events)[:5] == plain[:5]
    assert losses(events)[5] != plain[5] or path == "optimizer.lr"
    assert losses(events)[6] != plain[6]


def test_what_may_change() -> None:
    settings = {"optimizer.lr", "network[2].sigma", "network[3].layers[0].rate", "training.batch_size", "data.label_noise"}
    assert {each.path for each in changeable(noisy())} == settings
    rotated = digits(data=Digits8(augmentations=(HorizontalFlip(), Rotation())))
    named = {"data.augmentations[0].probability", "data.augmentations[1].probability", "data.augmentations[1].degrees"}
    assert {each.path for each in changeable(rotated) if "augmentations" in each.path} == named


BATCHES = {"training.batch_size": 250, "data.label_noise": 0.4, "data.augmentations[0].degrees": 60.0}


def augmented(schedule: Schedule | None = None) -> ExperimentSpec:
    """Three epochs of 5 steps on 401 digits, the last batch of a single one left out."""
    data = Digits8(augmentations=(Rotation(),), train_size=401, label_noise=0.1)
    layers = (Flatten(), Dense(units=8), BatchNorm(), Dropout(rate=0.2), Output())
    chosen = {"schedule": schedule or Constant(), "optimizer": SGD(lr=0.1, momentum=0.9)}
    return digits(*layers, data=data, training={"epochs": 3, "batch_size": 80, **ON_ONE_THREAD}, **chosen)


@pytest.mark.parametrize("path", BATCHES)
def test_what_concerns_batches_changes_from_the_next_epoch_on(path: str) -> None:
    spec = augmented()
    events = altered(spec, (path, BATCHES[path]), at=2)
    again = repeated(spec, events)
    assert losses(run(again)) == losses(events)
    plain = losses(run(spec))
    assert losses(events)[:5] == plain[:5]
    assert losses(events)[5] != plain[5]
    assert of_kind(events, Progress)[-1].epoch == 3
    assert len(losses(events)) == (9 if path == "training.batch_size" else 15)


def test_a_change_at_the_first_step_of_an_epoch_waits_for_the_next_one() -> None:
    spec = augmented()
    events = altered(spec, ("training.batch_size", 250), at=5)
    assert len(losses(events)) == 5 + 5 + 2
    assert losses(run(repeated(spec, events))) == losses(events)


def test_other_batches_are_those_of_a_run_that_always_had_them() -> None:
    """The second epoch has the same examples in batches of another size, and the mean loss of the first batch shows it."""
    spec = points(Output(), data=Circle(samples=60), training={"epochs": 2, "batch_size": 10, **ON_ONE_THREAD}, optimizer=SGD(lr=1e-30))
    changed = losses(run(spec.with_change(Change(step=1, path="training.batch_size", value=20))))
    (steps, plain) = divmod(30, 10)[0], losses(run(spec))
    assert changed[:steps] == plain[:steps]
    assert changed[steps] == pytest.approx((plain[steps] + plain[steps + 1]) / 2, rel=1e-5)


@pytest.mark.parametrize("kind", list(SCHEDULES), ids=lambda kind: kind.__name__)
def test_a_schedule_goes_on_with_batches_of_another_size(kind: type[Schedule]) -> None:
    """It stays a function of the progress in epochs: in the second epoch, the rates are those of a run with such batches from the start."""
    spec = augmented(kind())
    changed = run(spec.with_change(Change(step=2, path="training.batch_size", value=200)), Control(pace="batch"))
    always = run(spec.model_copy(update={"training": spec.training.model_copy(update={"batch_size": 200})}), Control(pace="batch"))
    found, expected = ([event.learning_rate for event in of_kind(events, Progress)] for events in (changed, always))
    assert len(found) == 5 + 2 + 2
    assert found[5:] == pytest.approx(expected[2:]) or kind.name() == "plateau"  # whose rate depends on the losses


@pytest.mark.parametrize("schedule", [Constant(), SCHEDULES["cosine"](), SCHEDULES["warmup"](), SCHEDULES["plateau"]()])
def test_a_run_with_other_batches_continues_from_every_step(schedule: Schedule) -> None:
    changes = [*((2, path, value) for path, value in BATCHES.items()), (6, "optimizer.lr", 0.03), (7, "training.batch_size", 33)]
    spec = augmented(schedule).model_copy(
        update={"changes": tuple(Change(step=step, path=path, value=value) for step, path, value in changes)}
    )
    assert_continues(spec)


def test_batches_that_cannot_be_trained_on_are_refused() -> None:
    spec = augmented()
    events = altered(spec, ("training.batch_size", 1), ("training.batch_size", 2.5), ("data.label_noise", 1.5), at=2)
    messages = [event.message for event in of_kind(events, Refused)]
    assert "Batches of 1: " in messages[0]
    assert "integer" in messages[1]
    assert "at most" in messages[2]
    assert losses(events) == losses(run(spec))
    with pytest.raises(SpecError, match="Batches of 1: "):
        next(train(spec.with_change(Change(step=2, path="training.batch_size", value=1))))


def test_dropout_inside_a_transformer_block() -> None:
    spec = ExperimentSpec(
        data=JapaneseVowels(train_size=40),
        network=(TransformerBlock(heads=2, expansion=1), SequencePool(), Output()),
        loss=CrossEntropy(),
        training=TrainingSettings(epochs=2, batch_size=10, **ON_ONE_THREAD),
    )
    events = altered(spec, ("network[0].dropout", 0.8), at=3)
    again = repeated(spec, events)
    assert losses(run(again)) == losses(events)
    assert losses(events)[3] != losses(run(spec))[3]


def test_a_run_that_continues_repeats_them_too() -> None:
    """From every step: before the changes, just after one, and behind all of them."""
    spec = noisy(schedule=SCHEDULES["cosine"]())
    changes = [Change(step=step, path=path, value=value) for step, (path, value) in zip((0, 2, 2, 5, 7), CHANGES.items(), strict=True)]
    assert_continues(spec.model_copy(update={"changes": tuple(changes)}))


def test_a_change_of_a_paused_run_is_made_once_when_it_continues_from_its_checkpoint() -> None:
    spec = noisy(schedule=SCHEDULES["one_cycle"]())
    _, checkpoints = with_checkpoints(spec)
    later = spec.with_change(Change(step=5, path="optimizer.lr", value=0.05))
    whole = losses(run(later))
    continued = [loss for event in of_kind(list(train(later, checkpoint=checkpoints[5])), Progress) for loss in event.losses]
    assert continued == whole[5:]


def test_a_checkpoint_with_other_changes_is_refused() -> None:
    spec = noisy().with_change(Change(step=2, path="optimizer.lr", value=0.05))
    _, checkpoints = with_checkpoints(spec)
    with pytest.raises(CheckpointError, match="not of these settings"):
        next(train(noisy(), checkpoint=checkpoints[3]))


def test_a_weight_set_by_hand_while_paused_shows_at_once() -> None:
    """The evaluation before the change is of the weights before it, and the one after it of those after it."""
    spec = points(Output(), training=ON_ONE_THREAD)
    control = Control(pace="batch")
    events = train(spec, control=control)
    for event in events:
        if isinstance(event, Progress) and event.steps[-1] == 2:
            control.alterations.append(("network[0].bias[0]", 25.0))
            break
    shown = []
    for event in events:
        shown.append(event)
        if isinstance(event, Changed):
            break
    (evaluated,) = of_kind(shown, Evaluated)
    assert (evaluated.step, shown[-1].step) == (2, 2)
    assert evaluated.test["accuracy"] == pytest.approx(spec.data.load().test.targets.mean())  # everything is the second class
    assert evaluated.test["loss"] > 5
    assert shown[-2].tensors["0.bias"].tolist() == [25.0]


def test_momentum_goes_on_when_a_weight_is_set() -> None:
    """As in a loop written out: the optimizer's state belongs to the weight, whoever has set it."""
    spec = points(Output(), optimizer=SGD(lr=0.1, momentum=0.9), training={**ON_ONE_THREAD, "batch_size": 60})
    spec = spec.with_change(Change(step=1, path="network[0].weight[0][1]", value=0.5))
    found = losses(run(spec))
    model = build_model(spec)
    data = spec.data.load().train
    generator = torch.Generator().manual_seed(0)
    inputs, targets = spec.data.encode(data.inputs), torch.from_numpy(data.targets).float().unsqueeze(1)
    optimizer, expected = optim.SGD(model.parameters(), lr=0.1, momentum=0.9), []
    for step in range(3):
        order = torch.randperm(len(data), generator=generator)
        if step == 1:
            with torch.no_grad():
                model[0].weight[0, 1] = 0.5
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(inputs[order]), targets[order])
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", list(SCHEDULES), ids=lambda kind: kind.__name__)
def test_a_schedule_goes_on_as_if_it_had_begun_with_the_new_rate(kind: type[Schedule]) -> None:
    """After the change, every rate is that of a schedule built with the new base."""

    def rates(lr: float, change: float | None = None) -> list[float]:
        optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        schedule, seen = kind().build(optimizer, 12, 4), []
        for step in range(12):
            if change is not None and step == 5:
                set_learning_rate(optimizer, schedule, lr, change)
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if isinstance(schedule, optim.lr_scheduler.ReduceLROnPlateau):
                if step % 4 == 3:
                    schedule.step(1.0)
            elif schedule is not None:
                schedule.step()
        return seen

    before, after = rates(0.1), rates(0.4)
    assert rates(0.1, 0.4) == pytest.approx(before[:5] + after[5:])
    if kind is Constant:
        assert rates(0.1, 0.4)[5] == 0.4


BAD = [
    ("network[2].rate", 0.5, r"network\[2\].rate: cannot change while a run goes on; what can: optimizer.lr"),
    ("network[9].weight[0][0]", 0.5, "cannot change"),
    ("network[2].sigma", 5.0, r"network\[2\].sigma: must be at most 2, got 5"),
    ("optimizer.lr", 0.0, "must be more than 0, got 0"),
    ("optimizer.lr", math.nan, "finite"),
    ("network[0].weight[3][1]", math.inf, "finite"),
    ("network[0].weight[6][0]", 0.0, r"one weight of 6 × 2; the last one is network\[0\].weight\[5\]\[1\]"),
    ("network[0].weight[0]", 0.0, "one weight of 6 × 2"),
    ("network[0].gamma[0]", 0.0, "has no weights of this name; it has: weight, bias"),
    ("network[1].weight[0]", 0.0, "it has: none"),
    ("training.epochs", 3.0, "cannot change"),
    ("data.seed", 3.0, "cannot change"),
    ("x" * 300, 3.0, "path"),
    ("", 3.0, "cannot change"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=lambda value: str(value)[:40])
def test_a_change_that_cannot_be_made_is_refused_and_the_run_goes_on(path: str, value: float, message: str) -> None:
    spec = noisy()
    events = altered(spec, (path, value))
    (refused,) = of_kind(events, Refused)
    assert re.search(message, refused.message)
    assert not of_kind(events, Changed)
    assert losses(events) == losses(run(spec))


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, value, _ in BAD if math.isfinite(value) and len(path) < 200])
def test_a_spec_with_such_a_change_is_not_trained(path: str, value: float) -> None:
    spec = noisy().with_change(Change(step=3, path=path, value=value))
    with pytest.raises(SpecError, match=r"changes\[0\]: At step 3"):
        next(train(spec))


def test_two_changes_at_the_same_step_are_made_in_their_order() -> None:
    spec = noisy().with_change(Change(step=5, path="optimizer.lr", value=0.5)).with_change(Change(step=5, path="optimizer.lr", value=0.05))
    assert losses(run(spec)) == pytest.approx(losses(run(noisy().with_change(Change(step=5, path="optimizer.lr", value=0.05)))))


def test_a_change_beyond_the_end_changes_nothing() -> None:
    spec = noisy()
    assert losses(run(spec.with_change(Change(step=12, path="optimizer.lr", value=0.5)))) == losses(run(spec))


def test_changes_are_bounded_in_order_and_finite() -> None:
    plain = noisy().model_dump()
    change = {"step": 3, "path": "optimizer.lr", "value": 0.1}
    with pytest.raises(SpecError, match="changes: must have at most 500 entries, got 9,000"):
        parse_spec({**plain, "changes": [change] * 9000})
    with pytest.raises(SpecError, match="changes: must be in the order of their steps; step 2 comes after step 3"):
        parse_spec({**plain, "changes": [change, {**change, "step": 2}]})
    for wrong in ({"step": -1}, {"value": math.nan}, {"value": "much"}, {"path": "a" * 201}, {"until": 3}):
        with pytest.raises(SpecError, match=r"changes\[0\]"):
            parse_spec({**plain, "changes": [{**change, **wrong}]})
    full = parse_spec({**plain, "changes": [change] * 500})
    with pytest.raises(SpecError, match="at most 500 changes"):
        full.with_change(Change(step=9, path="optimizer.lr", value=0.1))


def test_an_edit_that_moves_layers_leaves_no_change_behind_that_would_hit_another_one() -> None:
    spec = noisy().model_copy(update={"changes": tuple(Change(step=3, path=path, value=value) for path, value in CHANGES.items())})
    other_settings = spec.model_copy(update={"optimizer": SGD(lr=0.9)})
    assert without_stale(spec, other_settings) == other_settings
    moved = spec.model_copy(update={"network": (Tanh(), *spec.network)})
    assert [change.path for change in without_stale(spec, moved).changes] == ["optimizer.lr"]
    assert without_stale(noisy(), moved) == moved  # another experiment, with its own changes


def test_no_link_changes_without_changes() -> None:
    assert "changes" not in str(to_token(noisy()))
    assert from_token(to_token(noisy())) == noisy()


def test_averaged_weights_and_an_optimizer_that_evaluates_a_batch_several_times() -> None:
    spec = digits(
        Flatten(), Dense(units=4), ReLU(), Dropout(), Output(), training={"epochs": 1, "batch_size": 500, "ema": 0.9, **ON_ONE_THREAD}
    )
    for optimizer in (Adam(), LBFGS()):
        chosen = spec.model_copy(update={"optimizer": optimizer})
        events = altered(chosen, ("network[3].rate", 0.7), ("optimizer.lr", 0.002), at=1)
        assert losses(run(repeated(chosen, events))) == losses(events)


def test_alterations_are_not_lost_when_the_run_is_not_paused() -> None:
    control = Control()
    control.alterations.append(("optimizer.lr", 0.05))
    events = run(noisy(), control)
    assert [event.step for event in of_kind(events, Changed)] == [0]
    assert not control.alterations
