"""First weights. The function needs nothing but torch: its source goes into generated scripts as it stands."""

from torch import nn


def initialise(module: nn.Module, init: str, value: float = 0.0) -> None:
    """Gives a dense or convolution layer other first weights than PyTorch's own, and biases of 0.

    init: xavier_uniform, xavier_normal (Glorot and Bengio 2010), he_uniform, he_normal (He et al. 2015), lecun_normal (LeCun et al. 1998),
    orthogonal (Saxe et al. 2014), zeros or constant, which puts `value` everywhere. How many numbers come into a unit is counted as
    `torch.nn.init` does."""
    weight, bias = module.get_parameter("weight"), getattr(module, "bias", None)
    if init == "xavier_uniform":
        nn.init.xavier_uniform_(weight)
    elif init == "xavier_normal":
        nn.init.xavier_normal_(weight)
    elif init == "he_uniform":
        nn.init.kaiming_uniform_(weight, nonlinearity="relu")
    elif init == "he_normal":
        nn.init.kaiming_normal_(weight, nonlinearity="relu")
    elif init == "lecun_normal":
        nn.init.kaiming_normal_(weight, nonlinearity="linear")
    elif init == "orthogonal":
        nn.init.orthogonal_(weight)
    else:
        nn.init.constant_(weight, value if init == "constant" else 0.0)
    if bias is not None:
        nn.init.zeros_(bias)
