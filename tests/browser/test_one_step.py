"""One step, taken apart, by mouse and keyboard: the numbers on the screen are those of the next step of the run."""

from playwright.sync_api import Locator, Page, expect

from playground.runs.addresses import read_address
from playground.runs.checkpoints import unpacked_checkpoint
from playground.runs.directory import CHECKPOINT
from playground.spec import ExperimentSpec
from playground.training.one_step import OneStep, one_step
from playground.web.markup import exact_number
from tests.browser.chromium import settled
from tests.browser.server import App
from tests.browser.steps import chart, experiment, open_experiment, press, wait_for_state


def opened(page: Page, app: App, spec: ExperimentSpec) -> Locator:
    """The dialog of a run that has paused after its first batch."""
    open_experiment(page, app, spec)
    press(page, "step")
    wait_for_state(page, "paused")
    settled(page)
    press(page, "one_step")
    root = page.locator(".pg-one-step")
    expect(root).to_have_attribute("data-step", "2", timeout=30_000)
    return root


def expected(page: Page, app: App, spec: ExperimentSpec, row: int) -> OneStep:
    """The same step, from the checkpoint on the server's disk."""
    run_id = read_address(chart(page).get_attribute("data-run")).run_id
    content = (app.log.parent / "runs" / run_id / CHECKPOINT).read_bytes()
    return one_step(spec, spec.data.load(), [row], unpacked_checkpoint(content))


def test_a_step_of_a_network_on_points_is_taken_apart(page: Page, app: App) -> None:
    spec = experiment("playground_2d")
    root = opened(page, app, spec)
    step = expected(page, app, spec, 0)

    expect(root).to_have_attribute("data-path", "network[0]")
    layer = root.locator("[data-layer='network[2]']")
    layer.locator("canvas").click(position={"x": 90, "y": 8})
    expect(root).to_have_attribute("data-path", "network[2]")
    expect(root).to_have_attribute("data-unit", "1")
    output = exact_number(float(step.passes[2].output[0, 1]))
    expect(layer.locator(".pg-one-step-line strong")).to_have_text(f"= {output}")
    layer.locator("canvas").press("ArrowLeft")
    expect(root).to_have_attribute("data-unit", "0")
    expect(layer.locator("canvas")).to_be_focused()

    root.locator("[role=radio][data-phase=forward]").press("ArrowRight")
    expect(root).to_have_attribute("data-phase", "loss")
    expect(root.locator(".pg-one-step-loss")).to_have_text(f"L = {exact_number(step.loss)}")
    root.locator("[role=radio][data-phase=loss]").press("ArrowRight")
    gradient = step.passes[2].gradient
    assert gradient is not None
    expect(layer.locator(".pg-one-step-line strong")).to_have_text(f"= {exact_number(float(gradient[0, 0]))}")
    root.get_by_role("button", name="Next phase").click()
    expect(root).to_have_attribute("data-phase", "update")
    layer.locator("[data-weight='bias 0']").click()
    bias = next(change for change in step.changes if (change.path, change.name) == ("network[2]", "bias"))
    expect(layer.locator(".pg-one-step-line strong").last).to_have_text(f"= {exact_number(float(bias.after[0]))}")
    expect(layer.locator("[data-weight='bias 0']")).to_have_attribute("aria-pressed", "true")

    root.locator("[role=radio][data-phase=forward]").click()
    before = root.locator(".pg-one-step-loss").inner_text()
    root.locator(".pg-one-step-points").click(position={"x": 100, "y": 100})
    expect(root.locator(".pg-one-step-loss")).not_to_have_text(before)
    page.keyboard.press("Escape")
    expect(root).to_have_count(0)


def test_a_step_of_a_convolutional_network_is_taken_apart(page: Page, app: App) -> None:
    spec = experiment("small_cnn", examples=400)
    root = opened(page, app, spec)
    page.get_by_role("radio", name="Training image 4").click()
    step = expected(page, app, spec, 3)
    expect(root.locator(".pg-one-step-loss")).to_have_text(f"L = {exact_number(step.loss)}")
    expect(root.locator("[data-layer]")).to_have_count(len(spec.network))
    root.locator("[data-layer='network[1]'] canvas").click(position={"x": 30, "y": 30})
    expect(root).to_have_attribute("data-path", "network[1]")
    unit = int(root.get_attribute("data-unit") or -1)
    output = exact_number(float(step.passes[1].output.flatten()[unit]))
    expect(root.locator("[data-layer='network[1]'] .pg-one-step-line strong")).to_have_text(f"= {output}")
