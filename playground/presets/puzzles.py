"""Networks for puzzles with a rule that could be written in a line of code, and that has to be found from examples."""

from playground.catalog.datasets import Adding, Rearranging
from playground.catalog.layers import LSTM, Embedding, LayerNorm, Output, Positions, TransformerBlock
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.catalog.schedules import OneCycle
from playground.catalog.sequences.puzzles import Rearrangement
from playground.presets.base import Preset
from playground.spec import ExperimentSpec, TrainingSettings


def _rearranging(how: Rearrangement) -> ExperimentSpec:
    return ExperimentSpec(
        data=Rearranging(how=how),
        network=(
            Embedding(width=48), Positions(), *[TransformerBlock(heads=4, expansion=2, dropout=0)] * 2, LayerNorm(), Output(),
        ),
        loss=CrossEntropy(),
        optimizer=Adam(lr=0.003),
        schedule=OneCycle(),
        training=TrainingSettings(epochs=5, batch_size=64),
    )  # fmt: skip


PRESETS = (
    Preset(
        "reverse_transformer",
        "Transformer that reverses",
        "Eight digits, backward: each step has to look at its mirror image, and the attention maps show that it does.",
        _rearranging("reverse"),
        "attention sequence algorithm",
    ),
    Preset(
        "sort_transformer",
        "Transformer that sorts",
        "Eight digits, in order: to know which comes third, a step has to look at all of them (Karpathy 2020, minGPT).",
        _rearranging("sort"),
        "attention sequence algorithm",
    ),
    Preset(
        "adding_lstm",
        "LSTM that remembers",
        "Two of a hundred numbers are marked: to add them, the first must be remembered until the end (Hochreiter & Schmidhuber 1997).",
        ExperimentSpec(
            data=Adding(samples=20_000, length=100),
            network=(LSTM(units=32), Output()),
            loss=MSE(),
            optimizer=Adam(lr=0.01),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=12, batch_size=64),
        ),
        "RNN recurrent memory adding problem sequence",
    ),
)
