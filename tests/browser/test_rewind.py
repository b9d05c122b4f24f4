"""Looking back at a run, and going on from there."""

from playwright.sync_api import Page, expect

from tests.browser.chromium import settled
from tests.browser.server import App
from tests.browser.steps import POLL_MS, chart, experiment, number, open_experiment, press, train, wait_for_state

PIXELS = "canvas => canvas.toDataURL()"


def wait_for_moment(page: Page, least: int = 0) -> int:
    """The step that is shown, once it is an earlier one, with its view."""
    page.wait_for_function(
        """least => {
            const step = document.querySelector('.pg-rewind').dataset.step;
            return step !== '' && Number(step) >= least && document.querySelector('.pg-live-view').dataset.step === step;
        }""",
        arg=least,
        polling=POLL_MS,
    )
    return int(page.locator(".pg-rewind").get_attribute("data-step") or -1)


def test_looking_back_by_the_keyboard_and_going_on_from_there(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=100))
    train(page)
    wait_for_state(page, "finished")
    settled(page)
    original, end = chart(page).get_attribute("data-run"), number(page, "step")
    view, rewind, slider = (page.locator(name) for name in (".pg-live-view canvas", ".pg-rewind", ".pg-rewind input"))
    last = view.evaluate(PIXELS)

    slider.focus()
    page.keyboard.press("Home")
    assert wait_for_moment(page) == 0
    expect(rewind).to_contain_text(f"Showing step 0 of {end:,}")
    expect(slider).to_have_attribute("aria-valuetext", f"Showing step 0 of {end:,}, epoch 0")
    expect(page.locator(".pg-live-status .pg-state")).to_have_text("looking back")
    expect(rewind.get_by_role("button", name="Continue here")).to_be_disabled()
    assert view.evaluate(PIXELS) != last
    page.keyboard.press("PageUp")
    moment = wait_for_moment(page, least=1)
    assert page.evaluate(
        "() => document.querySelector('.pg-live-chart .js-plotly-plot').layout.shapes.some(({ name }) => name === 'moment')"
    )
    expect(page.locator(".pg-live-view")).to_contain_text(f"Step {moment:,}.")

    page.keyboard.press("End")
    expect(rewind).to_have_attribute("data-step", "")
    expect(page.locator(".pg-live-status .pg-state")).to_have_text("finished")
    page.wait_for_function("last => document.querySelector('.pg-live-view canvas').toDataURL() === last", arg=last, polling=POLL_MS)

    page.keyboard.press("Home")
    wait_for_moment(page)
    page.keyboard.press("PageUp")
    assert wait_for_moment(page, least=1) == moment
    rewind.get_by_role("button", name="Continue here").click()
    expect(chart(page)).not_to_have_attribute("data-run", original or "none")
    wait_for_state(page, "paused")
    settled(page)
    assert number(page, "step") == moment
    expect(page.locator(".st-key-output-title")).to_contain_text(f"from step {moment:,}")
    press(page, "play")
    wait_for_state(page, "finished")
    assert number(page, "step") == end
