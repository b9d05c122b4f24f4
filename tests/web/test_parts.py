"""What stays of loss, optimizer and schedule where another is picked."""

from playground.catalog.optimizers import SGD, Adadelta
from playground.catalog.schedules import Exponential
from playground.presets import PRESETS
from playground.web import edits

MLP = PRESETS["mlp_784_256_10"].spec


def test_a_learning_rate_that_was_left_alone_becomes_the_usual_one() -> None:
    assert edits.replace_part(MLP, "optimizer", "adadelta").optimizer == Adadelta()
    stairs = edits.replace_part(MLP, "schedule", "step")
    assert edits.replace_part(stairs, "schedule", "exponential").schedule == Exponential()


def test_one_that_was_chosen_stays() -> None:
    chosen = edits.set_field(MLP, "optimizer.lr", 0.05)
    assert edits.replace_part(chosen, "optimizer", "sgd").optimizer == SGD(lr=0.05)
