"""What a run shows of the pictures that its network makes."""

import torch

from playground.presets import PRESETS
from playground.training import View, train
from playground.training.pictures import reconstruction


def test_rows_are_what_went_in_what_came_out_and_what_was_wanted() -> None:
    given, made, wanted = torch.zeros(2, 1, 2, 2), torch.full((5, 4), 0.5), torch.ones(5, 4)
    view = reconstruction(3, given, made, wanted, (1, 2, 2))
    assert view.values.shape == (3, 2, 1, 2, 2)
    assert [float(row.mean()) for row in view.values] == [0.0, 0.5, 1.0]


def test_an_autoencoder_shows_its_pictures_and_they_come_closer() -> None:
    spec = PRESETS["denoising_autoencoder"].spec
    spec = spec.model_copy(
        update={
            "data": spec.data.model_copy(update={"train_size": 2000}),
            "training": spec.training.model_copy(update={"epochs": 4}),
        }
    )
    events = list(train(spec))
    views = [event for event in events if isinstance(event, View)]
    assert {view.name for view in views} == {"reconstruction"}
    last = views[-1].values
    before = ((last[0] - last[2]) ** 2).mean()
    after = ((last[1] - last[2]) ** 2).mean()
    assert after < 0.7 * before
