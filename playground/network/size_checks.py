"""Whether a network fits the server."""

from playground.network.problems import Problem
from playground.settings import settings
from playground.spec import ExperimentSpec


def check_size(spec: ExperimentSpec, parameters: int, example_bytes: int) -> list[Problem]:
    """Problems with the limits of this server. example_bytes: memory of one example in a forward and backward pass: what is saved for the
    backward pass, and its largest tensor with its gradient."""
    limits, problems = settings(), []
    if parameters > limits.max_parameters:
        message = (
            f"The network has {parameters:,} parameters, more than this server's limit of {limits.max_parameters:,} "
            f"(PLAYGROUND_MAX_PARAMETERS); make layers smaller, or pool before the flatten layer"
        )
        problems.append(Problem("network", message))
    batch_bytes = example_bytes * spec.training.batch_size
    if batch_bytes > limits.max_batch_bytes:
        message = (
            f"A batch of {spec.training.batch_size} needs about {batch_bytes / 1e9:.1f} GB, more than this server's limit of "
            f"{limits.max_batch_bytes / 1e9:.1f} GB (PLAYGROUND_MAX_BATCH_BYTES); use smaller batches, fewer filters, or pool earlier"
        )
        problems.append(Problem("training.batch_size", message))
    return problems
