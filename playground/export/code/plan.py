"""What generated code needs for a spec, decided once for all sections."""

from functools import cached_property

import numpy as np
import torch
from torch import nn

from playground.catalog.augmentations import Augmentation, MixingAugmentation
from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import Parallel
from playground.catalog.losses import Focal
from playground.catalog.samples import train_sample_size
from playground.export.code import masks
from playground.export.code.folding import Plain
from playground.network import build_model, readout
from playground.network.changing import after
from playground.paths import chains
from playground.spec import Change, ExperimentSpec, SpecError

BLOCK = 512
"""The number of examples that are augmented at once."""


class Plan:
    """A spec, with the properties that the sections need. Raises: SpecError if the network cannot be built or has nothing to learn."""

    def __init__(self, spec: ExperimentSpec) -> None:
        self.spec = spec
        self.model = build_model(spec).train()
        if not any(parameter.requires_grad for parameter in self.model.parameters()):
            raise SpecError("network: has nothing to learn; add a dense, convolution or output layer, or unfreeze one")
        self.readout = readout(spec)

    @property
    def outputs(self) -> int:
        """How many numbers the network gives for an example."""
        return self.readout.outputs

    @property
    def data(self) -> Dataset:
        return self.spec.data

    @property
    def augmentations(self) -> tuple[Augmentation, ...]:
        return getattr(self.data, "augmentations", ())

    def changes_of(self, path: str) -> list[Change]:
        """The changes of what is at this path, or in it."""
        return [change for change in self.spec.changes if change.path == path or change.path.startswith((f"{path}[", f"{path}."))]

    def versions_of(self, path: str) -> list[ExperimentSpec]:
        """The settings at first, and after each of these changes."""
        changes, first = self.changes_of(path), self.spec.model_copy(update={"changes": ()})
        return [after(first.model_copy(update={"changes": tuple(changes[:count])})) for count in range(len(changes) + 1)]

    @property
    def mixes(self) -> bool:
        """Whether augmentation also mixes targets."""
        return any(isinstance(each, MixingAugmentation) for each in self.augmentations)

    @property
    def scales_late(self) -> bool:
        """Whether examples are standardized after their augmentation."""
        return self.data.standardizes and bool(self.augmentations)

    @property
    def is_degraded(self) -> bool:
        """Whether the settings make the training set smaller, imbalanced or noisy."""
        return self.data.train_size is not None or self.data.imbalance != 1 or self.data.label_noise != 0

    @property
    def per_step(self) -> bool:
        """Whether there is an answer at every step of an example."""
        return self.data.task.per_step

    @property
    def evaluated(self) -> int:
        """The size of the fixed sample of training examples that the final training loss is measured on."""
        return train_sample_size(self.data)

    @property
    def has_accuracy(self) -> bool:
        return bool(self.data.classes)

    @cached_property
    def has_batch_norm(self) -> bool:
        return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in self.model.modules())

    @property
    def has_buffers(self) -> bool:
        """Whether a forward pass changes the model."""
        return any(True for _ in self.model.buffers())

    @cached_property
    def draws(self) -> bool:
        """Whether the network draws random numbers in training, such as for dropout."""
        if self.changes_of("network"):
            return True  # it may begin to, and a generator that is seeded for nothing changes nothing
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            example = self.data.tensor.sample(2)
            before = torch.get_rng_state()
            self.model(example)
            return not torch.equal(before, torch.get_rng_state())

    @property
    def has_frozen(self) -> bool:
        return not all(parameter.requires_grad for parameter in self.model.parameters())

    @property
    def facts(self) -> dict[str, Plain]:
        """Values of expressions that are known in all code of the catalog."""
        classes = bool(self.data.classes)
        indices = classes and not self.readout.one_hot
        targets = {} if self.mixes else {"targets.is_floating_point()": not indices}
        joins = {layer.join for _, layers in chains(self.spec) for layer in layers if isinstance(layer, Parallel)}
        join = {"self.join": joins.pop()} if len(joins) == 1 else {}
        alpha = {"self.alpha": self.spec.loss.alpha} if isinstance(self.spec.loss, Focal) else {}
        return {
            **targets,
            **join,
            **alpha,
            "images.shape[1]": self.data.shape[0],
            "outputs.shape[1]": self.outputs,
            "values.ndim": 2,
            "np.issubdtype(targets.dtype, np.integer)": classes or self.data.encoding.stored is np.uint8,
            "_is_one_class_each(split.targets)": classes and not self.per_step,
            "_are_classes(targets)": classes,
            "class_counts": True,
            **({} if self.data.tensor.varies else masks.FACTS),
        }
