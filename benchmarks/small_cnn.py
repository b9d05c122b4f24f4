"""Test accuracy of the small convolutional network on handwritten digits after five epochs on the CPU."""

from benchmarks.figures import Figure
from playground.presets import PRESETS
from playground.training import Finished, train


def accuracy() -> float:
    """Accuracy on the 1,000 test digits in percent, trained as from the command line or the app."""
    preset = PRESETS["small_cnn"].spec
    settings = preset.training.model_copy(update={"epochs": 5, "device": "cpu"})
    *_, last = train(preset.model_copy(update={"training": settings}))
    if not isinstance(last, Finished) or last.test_accuracy is None:
        raise RuntimeError(f"training did not finish: {last}")
    return 100 * last.test_accuracy


def main() -> None:
    print(Figure("small CNN on mnist_sample, 5 epochs on the CPU, test accuracy", accuracy(), "%", 97, "higher"))


if __name__ == "__main__":
    main()
