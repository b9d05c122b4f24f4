"""PyTorch's compiler stays out of memory, and is there for whoever asks for it."""

import subprocess
import sys

_TRAINS = """if True:
    import sys
    import torch
    from playground.runs import preload
    preload.warm_up()
    print("torch._dynamo.convert_frame" in sys.modules)
    print(torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item())
    print("torch._dynamo.convert_frame" in sys.modules)
    optimizer = torch.optim.Adam([weight := torch.nn.Parameter(torch.ones(1))], lr=0.5)
    weight.grad = torch.ones(1)
    optimizer.step()
    print(round(weight.item(), 4))"""


def test_training_does_not_import_the_compiler_and_compiling_does() -> None:
    done = subprocess.run([sys.executable, "-c", _TRAINS], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.split() == ["False", "2.0", "True", "0.5"]
