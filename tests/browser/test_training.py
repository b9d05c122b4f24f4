"""The main path of a user: a network, its training, the controls, a second browser watching."""

import psutil
from playwright.sync_api import Page, expect

from tests.browser.chromium import settled, show
from tests.browser.connection import Connection
from tests.browser.server import App
from tests.browser.steps import chart, experiment, number, open_experiment, press, train, wait_for_points, wait_for_state


def test_a_preset_is_trained_paused_stepped_resumed_and_finished(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=60))
    expect(page.locator(".pg-live-status")).to_be_visible()
    page.locator(".st-key-play button:visible").focus()
    page.keyboard.press("Enter")
    wait_for_state(page, "running")
    wait_for_points(page, 20)

    expect(page.locator(".st-key-pause button:visible")).to_be_focused()  # Train, which had the focus, is disabled
    page.keyboard.press("Enter")
    wait_for_state(page, "paused")
    settled(page)
    expect(page.locator(".st-key-play button:visible")).to_be_focused()
    paused_at = number(page, "step")
    page.wait_for_timeout(500)
    assert number(page, "step") == paused_at

    press(page, "step")
    page.wait_for_function("before => Number(document.querySelector('.pg-live-chart').dataset.step) > before", arg=paused_at)
    wait_for_state(page, "paused")
    settled(page)
    assert number(page, "step") == paused_at + 1

    press(page, "play")
    wait_for_state(page, "finished", seconds=60)
    assert number(page, "step") == 60 * 4000 // 32
    expect(chart(page)).to_have_attribute("data-epoch", "60")


def test_training_learns_what_the_chart_shows(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=3))
    train(page)
    wait_for_state(page, "finished")
    losses = page.evaluate("""() => {
        const curves = [...document.querySelector('.pg-live-chart .js-plotly-plot').data];
        const test = curves.find((curve) => /test/i.test(curve.name) && curve.y.length > 1);
        return Array.from(test.y);
    }""")
    assert losses[-1] < 0.6 * losses[0]


def test_a_refresh_during_training_finds_the_run_and_its_history(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    train(page)
    wait_for_points(page, 30)
    run, step = chart(page).get_attribute("data-run"), number(page, "step")

    page.reload(wait_until="domcontentloaded")
    settled(page)
    wait_for_points(page, 30)
    expect(chart(page)).to_have_attribute("data-run", run or "none")
    wait_for_state(page, "running")
    assert number(page, "step") >= step

    press(page, "stop")
    wait_for_state(page, "stopped")


def test_two_tabs_watch_one_run(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    train(page)
    other = page.context.new_page()
    show(other, page.url)
    wait_for_points(other, 10)
    wait_for_state(other, "running")
    assert chart(other).get_attribute("data-run") == chart(page).get_attribute("data-run")

    press(other, "stop")
    wait_for_state(other, "stopped")
    wait_for_state(page, "stopped")
    expect(chart(page)).to_have_attribute("data-step", chart(other).get_attribute("data-step") or "none")


def test_the_chart_stays_the_same_node_while_it_fills(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    page.wait_for_selector(".pg-live-chart .js-plotly-plot")
    page.evaluate("""() => {
        window.watchedChart = document.querySelector('.pg-live-chart');
        window.watchedPlot = document.querySelector('.pg-live-chart .js-plotly-plot');
        window.chartsAdded = 0;
        new MutationObserver((changes) => {
            const chart = '.pg-live-chart, .js-plotly-plot';
            for (const node of changes.flatMap((change) => [...change.addedNodes])) {
                if (node.matches?.(chart) || node.querySelector?.(chart)) window.chartsAdded += 1;
            }
        }).observe(document.body, { childList: true, subtree: true });
    }""")
    train(page)
    wait_for_points(page, 50)
    frames = number(page, "frames")
    page.wait_for_function("before => Number(document.querySelector('.pg-live-chart').dataset.frames) > before + 10", arg=frames)
    press(page, "stop")
    wait_for_state(page, "stopped")

    assert page.evaluate("window.watchedChart === document.querySelector('.pg-live-chart')")
    assert page.evaluate("window.watchedPlot === document.querySelector('.pg-live-chart .js-plotly-plot')")
    assert page.evaluate("window.chartsAdded") == 0
    assert page.locator(".pg-live-chart .js-plotly-plot").count() == 1


def test_a_worker_that_is_killed_fails_its_run_and_nothing_else(page: Page, app: App) -> None:
    server = psutil.Process(app.process_id)
    before = {process.pid for process in server.children(recursive=True)}
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=600))
    train(page)
    wait_for_points(page, 5)
    (worker,) = [process for process in server.children(recursive=True) if process.pid not in before]
    worker.kill()
    wait_for_state(page, "failed")

    press(page, "play")
    wait_for_state(page, "running")
    press(page, "stop")
    wait_for_state(page, "stopped")


def test_a_run_that_ends_while_another_page_is_on_its_way_does_not_take_the_visitor_back(page: Page, app: App) -> None:
    connection = Connection(page)
    page = connection.page
    open_experiment(page, app, experiment("playground_2d", epochs=150))
    train(page)
    connection.holding = True
    page.get_by_role("link", name="Data", exact=True).first.click()
    wait_for_state(page, "finished")
    page.wait_for_timeout(1000)
    connection.release()
    page.wait_for_url("**/data*")
    settled(page)
    assert page.url.split("?")[0].endswith("/data")
    expect(page.locator(".pg-live-status")).to_have_count(0)


def test_what_is_trained_is_the_network_with_the_edits_made_just_before(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=5))
    # In one moment, so that both go to the server in one message.
    page.locator(".pg-editor").get_by_label("Units").first.evaluate("""(field) => {
        field.value = 7;
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        document.querySelector(".st-key-play button").click();
    }""")
    wait_for_state(page, "finished")
    settled(page)
    expect(page.locator(".pg-editor").get_by_label("Units").first).to_have_value("7")
    expect(page.locator(".st-key-output-title")).not_to_contain_text("other settings")
