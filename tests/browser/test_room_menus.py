"""A teacher's menus by keyboard alone: each choice keeps the focus, and reaches the class."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.chromium import settled, show
from tests.browser.server import App
from tests.browser.steps import PAGES
from tests.browser.test_room import BAR, join, menu, open_room


def test_choosing_locks_by_keyboard_keeps_the_focus(page: Page, app: App) -> None:
    open_room(page, app)
    locks = menu(page, "room_lock_menu")
    data, network = (locks.get_by_role("button", name=name, exact=True).first for name in ("Data", "Network"))
    data.focus()
    page.keyboard.press("Enter")
    expect(data).to_have_attribute("aria-pressed", "true")
    settled(page)
    expect(page.get_by_role("button", name="Lock · 1")).to_be_visible()
    expect(data).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(network).to_be_focused()
    page.keyboard.press("Space")
    settled(page)
    expect(page.get_by_role("button", name="Lock · 2")).to_be_visible()
    expect(network).to_be_focused()
    page.get_by_role("button", name="Unlock and show everything").click()
    expect(page.get_by_role("button", name="Lock", exact=True)).to_be_visible()
    expect(data).to_have_attribute("aria-pressed", "false")


def test_a_closed_door_says_so_to_a_new_student_who_can_join_once_it_is_open(visitor: Callable[..., Page], app: App) -> None:
    teacher, student = visitor(), visitor()
    code = open_room(teacher, app)
    door = menu(teacher, "room_menu").get_by_role("switch", name="Door open")
    door.focus()
    teacher.keyboard.press("Space")
    expect(door).not_to_be_checked()
    settled(teacher)
    expect(door).to_be_focused()

    show(student, app.url + PAGES["room"])
    student.get_by_label("Code on the board").fill(code)
    student.keyboard.press("Enter")
    expect(student.get_by_text("The door of this room is closed. Ask your teacher to open it, then try again.")).to_be_visible()
    expect(student.locator(BAR)).to_have_count(0)

    teacher.keyboard.press("Space")
    expect(door).to_be_checked()
    settled(teacher)
    assert join(student, app, code)
