"""Whether a network fits the server."""

from playground.network.problems import Problem
from playground.settings import settings
from playground.spec import ExperimentSpec


def check_size(spec: ExperimentSpec, parameters: int, activations: int) -> list[Problem]:
    """Whether it fits this server. activations: numbers that one example's forward pass keeps."""
    limits, problems = settings(), []
    if parameters > limits.max_parameters:
        count = f"{parameters:,} parameters are more than the limit of {limits.max_parameters:,} here"
        message = f"{count}; make layers smaller, or pool before the flatten layer"
        problems.append(Problem("network", message))
    batch_bytes = activations * spec.training.batch_size * 4 * 2  # float32, once forward and once for the gradient
    if batch_bytes > limits.max_batch_bytes:
        message = (
            f"A batch of {spec.training.batch_size} needs about {batch_bytes / 1e9:.1f} GB, more than the limit of "
            f"{limits.max_batch_bytes / 1e9:.1f} GB here; use smaller batches, fewer filters, or pool earlier"
        )
        problems.append(Problem("training.batch_size", message))
    return problems
