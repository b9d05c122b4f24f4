"""One step, taken apart, on the Playground page: where it is offered, what it is of, and what happens where something is missing."""

import json
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import Circle, Sentences
from playground.catalog.layers import Dense, Embedding, Output, SequencePool, Tanh
from playground.catalog.losses import BCE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.export.link import to_token
from playground.runs.checkpoints import unpacked_checkpoint
from playground.runs.directory import CHECKPOINT, WEIGHTS
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training.one_step import one_step
from playground.web.markup import exact_number
from playground.web.server import runs
from tests.pages.controls import Visit, short, trained, wait_for
from tests.pages.reading import messages

POINTS = ExperimentSpec(
    data=Circle(samples=100), network=(Dense(units=4), Tanh(), Output()), loss=BCE(), optimizer=Adam(lr=0.01),
    training=TrainingSettings(epochs=3, batch_size=10),
)  # fmt: skip


def offered(app: AppTest) -> bool:
    return any(button.key == "one_step" for button in app.button)


def told(app: AppTest) -> dict[str, Any]:
    """What the component was told."""
    (part,) = [each for each in app.get("bidi_component") if each.proto.component_name == "playground.one_step"]
    data: dict[str, Any] = json.loads(part.proto.bytes)
    return data


def paused(visit: Visit, spec: ExperimentSpec) -> AppTest:
    """A run that has paused after its first batch, with the dialog open."""
    app = visit("playground", spec=to_token(spec))
    assert not offered(app)
    app.button(key="step").click().run()
    wait_for(app, "paused")
    app.button(key="one_step").click().run()
    assert not app.exception, app.exception[0].message
    return app


def run_of(app: AppTest) -> str:
    return runs().resolve(app.session_state["values"]["run"]).run_id


def test_of_a_paused_run_it_is_the_runs_own_next_step(visit: Visit) -> None:
    app = paused(visit, POINTS)
    data = told(app)
    assert data["notes"] == ["What step 2 of this run would be with a batch of this example alone."]
    content = (runs().files(run_of(app)) / CHECKPOINT).read_bytes()
    step = one_step(POINTS, POINTS.data.load(), [0], unpacked_checkpoint(content))
    assert (data["step"], data["loss"]["value"]) == (2, exact_number(step.loss))
    assert [layer["title"] for layer in data["layers"]] == ["Dense", "Tanh", "Output"]
    assert len(data["points"]["places"]) == len(POINTS.data.load().train)
    (number,) = [each for each in app.number_input if str(each.key).startswith("one_step_number")]
    number.set_value(7).run()
    other = one_step(POINTS, POINTS.data.load(), [6], unpacked_checkpoint(content))
    assert told(app)["loss"]["value"] == exact_number(other.loss)
    assert told(app)["points"]["picked"] == 6


def test_of_a_run_that_has_ended_the_optimizer_starts_anew_and_it_says_so(visit: Visit) -> None:
    app = visit("playground", run=trained(POINTS))
    app.button(key="one_step").click().run()
    assert not app.exception
    data = told(app)
    assert "This run has ended: its weights are kept, but not the state of its optimizer" in data["notes"][1]
    assert data["step"] == 3 * -(-len(POINTS.data.load().train) // 10) + 1


@pytest.mark.parametrize(
    "spec",
    [
        short(),
        POINTS.model_copy(
            update={"data": Sentences(samples=100), "network": (Embedding(width=4), SequencePool(), Output()), "loss": CrossEntropy()}
        ),
    ],
    ids=["images", "sequences"],
)
def test_examples_of_other_kinds_are_picked(visit: Visit, spec: ExperimentSpec) -> None:
    app = visit("playground", run=trained(spec))
    app.button(key="one_step").click().run()
    assert not app.exception
    assert "points" not in told(app)
    sheets = [each for each in app.get("bidi_component") if each.proto.component_name == "playground.thumbnails"]
    assert len(sheets) == (spec.data.encoding.picture == "images")


def test_it_is_not_offered_while_a_run_is_training(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(epochs=1000)))
    app.button(key="play").click().run()
    wait_for(app, "running")
    assert not offered(app)
    app.button(key="stop").click().run()


def test_a_checkpoint_that_was_evicted_is_replaced_by_the_weights(visit: Visit) -> None:
    app = paused(visit, POINTS)
    (runs().files(run_of(app)) / CHECKPOINT).unlink()
    app.run()
    assert "The checkpoint of this run is missing: its weights are kept" in told(app)["notes"][1]


def test_what_cannot_be_taken_apart_says_why(visit: Visit) -> None:
    address = trained(POINTS)
    files = runs().files(runs().resolve(address).run_id)
    weights = load_file(files / WEIGHTS)
    broken = {name: torch.full_like(tensor, torch.nan) for name, tensor in weights.items()}
    with (files / WEIGHTS).open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]
    save_file(broken, files / WEIGHTS, metadata=header)
    app = visit("playground", run=address)
    app.button(key="one_step").click().run()
    assert not app.exception
    assert "weights are not finite numbers" in messages(app)
    (files / WEIGHTS).unlink()
    app.run()
    assert not app.exception
    assert "has no weights yet" in messages(app)


def test_what_a_browser_sends_is_checked(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.web import session
    from playground.web.panels import one_step as panel

    chosen: dict[str, Any] = {}
    monkeypatch.setattr(session, "choose", chosen.__setitem__)
    good = {"path": "network[0]", "unit": 1, "weight": ["w", 2]}
    for sent in (None, [], {"example": "3"}, {"path": 3, "unit": "x", "weight": ["a"]}, good):
        monkeypatch.setattr(session, "component_value", lambda key, name, sent=sent: sent)
        panel._picked()
        monkeypatch.setattr(session, "choice", lambda name, default: chosen.get(name, default))
        panel._pick()
    assert chosen == {panel._PICK: good}
