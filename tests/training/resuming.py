"""Checkpoints of every step of a run, and what a run that continues from one must have in common with the uninterrupted one."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch

from playground.runs.checkpoints import packed_checkpoint, unpacked_checkpoint
from playground.spec import ExperimentSpec
from playground.training import Checkpoint, Control, Diverged, Event, Finished, Progress, Snapshot, train
from tests.training.specs import of_kind, run


def losses_by_step(events: list[Event]) -> dict[int, float]:
    return {step: loss for event in of_kind(events, Progress) for step, loss in zip(event.steps, event.losses, strict=True)}


def with_checkpoints(spec: ExperimentSpec) -> tuple[list[Event], dict[int, Checkpoint]]:
    """The events of a run, and a checkpoint of each of its steps, as they come out of a file."""
    control, events, checkpoints = Control(pace="batch", checkpoint=True), [], {}
    for event in train(spec, control=control):
        control.checkpoint = True
        events.append(event)
        if isinstance(event, Checkpoint):
            checkpoints[event.step] = unpacked_checkpoint(packed_checkpoint(event))
    return events, checkpoints


def assert_continues(spec: ExperimentSpec, steps: Iterator[int] | None = None) -> None:
    whole = run(spec)
    losses, last = losses_by_step(whole), of_kind(whole, Snapshot)[-1]
    _, checkpoints = with_checkpoints(spec)
    for step in checkpoints if steps is None else steps:
        events = list(train(spec, checkpoint=checkpoints[step]))
        assert losses_by_step(events) == {number: loss for number, loss in losses.items() if number > step}
        tensors = of_kind(events, Snapshot)[-1].tensors  # of a run that diverges, the last healthy ones that were shown
        assert of_kind(whole, Diverged) or all(torch.equal(tensors[name], last.tensors[name]) for name in last.tensors)
        for end in (Finished, Diverged):
            assert [ended(event) for event in of_kind(events, end)] == [ended(event) for event in of_kind(whole, end)]


def ended(event: Finished | Diverged) -> dict[str, Any]:
    times = ("seconds", "samples_per_second")
    return {field.name: getattr(event, field.name) for field in dataclasses.fields(event) if field.name not in times}
