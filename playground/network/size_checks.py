"""Whether a network fits the server."""

from playground.network.problems import Problem
from playground.settings import settings
from playground.spec import ExperimentSpec


def check_size(spec: ExperimentSpec, parameters: int, example_bytes: int) -> list[Problem]:
    """Whether it fits this server. example_bytes: what one example takes on its way forward and back: what is kept of it between the two,
    and its largest tensor with that one's gradient."""
    limits, problems = settings(), []
    if parameters > limits.max_parameters:
        count = f"{parameters:,} parameters are more than the limit of {limits.max_parameters:,} here"
        message = f"{count}; make layers smaller, or pool before the flatten layer"
        problems.append(Problem("network", message))
    batch_bytes = example_bytes * spec.training.batch_size
    if batch_bytes > limits.max_batch_bytes:
        message = (
            f"A batch of {spec.training.batch_size} needs about {batch_bytes / 1e9:.1f} GB, more than the limit of "
            f"{limits.max_batch_bytes / 1e9:.1f} GB here; use smaller batches, fewer filters, or pool earlier"
        )
        problems.append(Problem("training.batch_size", message))
    return problems
