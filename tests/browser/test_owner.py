"""A visitor without an account keeps their runs by a cookie; without cookies, the page says what that means."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, Route, expect

from playground.runs.addresses import read_address
from tests.browser.server import App
from tests.browser.steps import chart, experiment, open_experiment, press, wait_for_state

NOTE = ".st-key-pg-no-cookies"


def owner_of_run(app: App, page: Page) -> str:
    """As stored by the server."""
    run = read_address(chart(page).get_attribute("data-run"))
    with closing(sqlite3.connect(app.log.parent / "playground.db")) as database:
        ((owner,),) = database.execute("SELECT owner FROM runs WHERE id = ?", (run.run_id,))
    return str(owner)


def train_briefly(page: Page) -> None:
    press(page, "play")
    wait_for_state(page, "finished")


def test_a_run_of_the_very_first_page_belongs_to_the_visitor_of_every_later_one(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=1, examples=200))
    expect(page.locator(NOTE)).to_have_count(0)
    train_briefly(page)
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("playground_owner")]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert owner_of_run(app, page) == cookie["value"].split(".")[0]
    assert page.evaluate("document.cookie.includes('playground_owner')") is False


def test_without_cookies_everything_works_and_the_page_says_what_is_lost(page: Page, app: App) -> None:

    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        page.context.clear_cookies()  # `fetch` keeps them
        route.fulfill(response=answer, headers={name: value for name, value in answer.headers.items() if name != "set-cookie"})

    page.route("**/playground?*", without_cookie)
    open_experiment(page, app, experiment("mlp_784_256_10", epochs=1, examples=200))
    expect(page.locator(NOTE)).to_contain_text("does not accept cookies")
    train_briefly(page)
    assert owner_of_run(app, page).startswith("v")
