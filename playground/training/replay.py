"""What a run showed at an earlier moment: its metrics and views, computed from weights that were kept."""

from collections.abc import Generator, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from playground.catalog.datasets.examples import Data
from playground.network import build_model, readout
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.evaluation import Examination, Examiner
from playground.training.events import View
from playground.training.execution import Execution
from playground.training.procedures import Supervised
from playground.training.stopping import Stopping
from playground.training.wanted import EVERYTHING, Wanted

_CPU = torch.device("cpu")


class Replay:
    """Evaluates weights of a run as training did, on the same examples, on the CPU. Only one moment at a time.

    data: replaces `spec.data.load()`, with the same shapes.
    Raises: SpecError if the network cannot be built; DataError if the dataset cannot be loaded."""

    def __init__(self, spec: ExperimentSpec, data: Data | None = None) -> None:
        with torch.inference_mode(False):
            self.spec = spec
            data = spec.data.load() if data is None else data
            outputs, model = readout(spec), build_model(spec)
            if spec.training.memory_format == "channels_last":
                Execution(torch.get_num_threads(), "channels_last").apply(model)
            examples = Examples.of(spec.data, data.train, outputs, _CPU)
            loss = spec.loss.build(data.train.counts(len(spec.data.classes)))
            procedure = Supervised(spec, model, loss, outputs, -(-len(examples) // spec.training.batch_size))
            self._shown = procedure.shown
            whole = procedure.evaluates_epochs or Stopping(spec.training.stop).evaluates_epochs
            self._examiner = Examiner(spec, data, examples, loss, outputs, self._shown, _CPU, whole, keeps_history=False)

    @property
    def expected(self) -> Mapping[str, Tensor]:
        """Tensors with the names, shapes and types that `examine` takes."""
        return self._shown.state_dict()

    @property
    def memory_bytes(self) -> int:
        """Of the weights that it keeps in memory; the data is memory-mapped."""
        return 4 * sum(tensor.nbytes for tensor in self.expected.values())

    def examine(
        self, weights: Mapping[str, Tensor], step: int, epoch: float, whole: bool = False, wanted: Wanted = EVERYTHING
    ) -> Generator[None, None, Examination]:
        """Copies weights now; the generator then does one part of the work per iteration, and returns the result, with all
        views but those of the run's history.

        weights: after `step` steps, in this epoch. whole: whether to evaluate the whole test set, as training does after the last step.
        wanted: the views."""
        self._shown.load_state_dict(weights)
        parts = self._examiner.examine(step, epoch, 0.0, lambda: wanted, whole=whole)
        return _with(parts, tuple(self._examiner.glance(step, wanted)))


def _with(parts: Generator[None, None, Examination], views: tuple[View, ...]) -> Generator[None, None, Examination]:
    """The same, and these views as well."""
    examination = yield from parts
    return replace(examination, views=(*examination.views, *views))
