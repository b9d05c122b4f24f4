"""Initial weights. The function needs nothing but torch: its source is copied into generated scripts."""

from torch import nn


def initialize(module: nn.Module, init: str, value: float = 0.0) -> None:
    """Initializes a dense or convolution layer, with biases of 0.

    init: xavier_uniform, xavier_normal (Glorot and Bengio 2010), he_uniform, he_normal (He et al. 2015), lecun_normal (LeCun et al. 1998),
    orthogonal (Saxe et al. 2014), normal with standard deviation |`value`|, uniform between −|`value`| and |`value`|, zeros, or constant:
    `value` everywhere. Fan-in and fan-out are those of `torch.nn.init`."""
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
    elif init == "normal":
        nn.init.normal_(weight, std=abs(value))
    elif init == "uniform":
        nn.init.uniform_(weight, -abs(value), abs(value))
    else:
        nn.init.constant_(weight, value if init == "constant" else 0.0)
    if bias is not None:
        nn.init.zeros_(bias)
