"""Recurrent networks for what is measured over time: speech and time series."""

from playground.catalog.datasets import JapaneseVowels, Waves
from playground.catalog.layers import GRU, LSTM, Dropout, Output
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.catalog.schedules import OneCycle
from playground.presets.base import Preset
from playground.spec import ExperimentSpec, TrainingSettings

PRESETS = (
    Preset(
        "speaker_lstm",
        "LSTM that recognizes speakers",
        "Reads the sound of a vowel forward and backward, step by step, and says which of nine men is speaking.",
        ExperimentSpec(
            data=JapaneseVowels(),
            network=(LSTM(units=64, bidirectional=True), Dropout(rate=0.3), Output()),
            loss=CrossEntropy(),
            optimizer=Adam(lr=0.005),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=60),
        ),
        "speech audio voice RNN recurrent sequence",
    ),
    Preset(
        "forecast_gru",
        "GRU that forecasts",
        "Reads the last 48 values of a noisy mixture of waves and predicts the next 12.",
        ExperimentSpec(
            data=Waves(),
            network=(GRU(units=32), Output()),
            loss=MSE(),
            optimizer=Adam(lr=0.005),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=10),
        ),
        "time series forecast prediction RNN recurrent sequence",
    ),
)
