"""How the CPU computes a run."""

from dataclasses import dataclass

import torch
from torch import nn

from playground.spec import MemoryFormat


@dataclass(frozen=True)
class Execution:
    """How the CPU computes a run. Losses can be repeated bit for bit with the same one."""

    threads: int = 1
    memory_format: MemoryFormat = "contiguous"

    def apply(self, model: nn.Module) -> None:
        """Sets PyTorch's number of threads, and the order of the numbers of a model's weights, from which that of its images follows."""
        torch.set_num_threads(self.threads)
        if self.memory_format == "channels_last":
            model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
