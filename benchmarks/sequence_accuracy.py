"""What the presets for sequences learn, and how long they take: `python -m benchmarks.sequence_accuracy [PRESET …]`.

Each is trained once, as the app and the command line train it, on the CPU of this machine. Seconds are those that the run reports; the
processor time of the process is printed too, for a machine that is busy with other things."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from benchmarks.baselines import bag_of_words_accuracy, best_naive_forecast, trigram_loss
from benchmarks.figures import Figure
from playground.catalog.datasets import PythonDocs, Waves
from playground.presets import PRESETS
from playground.training import Finished, train


@dataclass(frozen=True)
class Goal:
    """metric: the number of the test set. target: how far it has to get; or a function of the data that gives it, with what it is."""

    metric: str
    target: float | Callable[[], float]
    unit: str = "%"
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True)
class Promise:
    """What a preset reaches on two cores, within how many seconds."""

    preset: str
    goals: tuple[Goal, ...]
    seconds: float


def _half_of_naive() -> float:
    waves = PRESETS["forecast_gru"].spec.data
    assert isinstance(waves, Waves)
    naive = best_naive_forecast(waves.load(), waves)
    print(f"  better of last value and seasonal last value: MSE {naive:.4f}")
    return naive / 2


def _trigrams() -> float:
    text = PRESETS["char_gpt"].spec.data
    assert isinstance(text, PythonDocs)
    loss = trigram_loss(text.load(), text.stride, len(text.encoding.symbols))
    print(f"  interpolated 3-gram model: {loss:.4f} nats per character")
    return loss


_REARRANGED = (Goal("accuracy", 99.9), Goal("whole_sequences", 99))

PROMISES = (
    Promise("reverse_transformer", _REARRANGED, 20),
    Promise("sort_transformer", _REARRANGED, 20),
    Promise("speaker_lstm", (Goal("accuracy", 97),), 20),
    Promise("vit_digits", (Goal("accuracy", 96),), 60),
    Promise("sentiment_attention", (Goal("accuracy", 98),), 40),
    Promise("text_cnn", (Goal("accuracy", 95),), 40),
    Promise("forecast_gru", (Goal("loss", _half_of_naive, "", "lower"),), 60),
    Promise("adding_lstm", (Goal("loss", 0.005, "", "lower"),), 120),
    Promise("char_gpt", (Goal("loss", _trigrams, "nats", "lower"),), 240),
)


def measured(promise: Promise) -> Iterable[Figure]:
    """Trains the preset."""
    spec = PRESETS[promise.preset].spec
    settings = spec.training.model_copy(update={"device": "cpu"})
    started = time.process_time()
    *_, last = train(spec.model_copy(update={"training": settings}))
    used = time.process_time() - started
    if not isinstance(last, Finished):
        raise RuntimeError(f"{promise.preset}: training did not finish: {last}")
    print(f"  {promise.preset}: {json.dumps(dict(last.test))}, {last.seconds:.1f} s, {used:.1f} s of processor time", flush=True)
    for goal in promise.goals:
        target = goal.target() if callable(goal.target) else goal.target
        value = last.test[goal.metric] * (100 if goal.unit == "%" else 1)
        yield Figure(f"{promise.preset}, test {goal.metric.replace('_', ' ')}", value, goal.unit, target, goal.better)
    yield Figure(f"{promise.preset}, training", last.seconds, "s", promise.seconds, "lower")


def main() -> None:
    chosen = sys.argv[1:] or [promise.preset for promise in PROMISES]
    for promise in PROMISES:
        if promise.preset in chosen:
            for figure in measured(promise):
                print(figure, flush=True)
    if "sentiment_attention" in chosen:
        sentences = PRESETS["sentiment_attention"].spec.data
        words = bag_of_words_accuracy(sentences.load(), len(sentences.encoding.symbols))
        print(Figure("sentences, logistic regression on a bag of words: too little, since order matters", 100 * words, "%", 80, "lower"))


if __name__ == "__main__":
    main()
