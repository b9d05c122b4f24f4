"""A class of five browsers in a room: a teacher and four students, from opening it to its end."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.export.link import to_token
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import PAGES, chart, experiment, press, wait_for_points, wait_for_state
from tests.browser.test_looks import OVERFLOWING, in_each_theme, serious_faults

BAR, WALL, CARD = ".pg-room-strip", ".pg-room", ".pg-strip-card"
SLOWLY = {"epochs": 500, "batch_size": 8}
TASK = "Reach the goal with <b>few</b> parameters.\n" + "Then say which of them it could have done without. " * 4

# Cards that say what the teacher has done stay until they are closed, however long a test takes to read them.
CARDS_STAY = """() => {
    const wait = window.setTimeout;
    window.setTimeout = (act, ms, ...more) => wait(act, ms >= 9000 ? 1e6 : ms, ...more);
}"""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Five browsers share the processor with what they train."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


def open_room(page: Page, app: App) -> str:
    """Returns the code as it is shown."""
    show(page, app.url + PAGES["room"])
    page.get_by_role("button", name="Open a room").click()
    digits = page.locator(".pg-room-way .pg-room-digits").first
    expect(digits).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    return digits.inner_text()


def join(page: Page, app: App, typed: str, start: str = "room") -> str:
    """Returns the name of the seat. start: "home" for the way over its button."""
    show(page, app.url + PAGES[start])
    if start == "home":
        page.get_by_role("button", name="Join or teach a class").click()
    page.get_by_label("Code on the board").fill(typed)
    page.keyboard.press("Enter")
    return name_of(page)


def name_of(page: Page) -> str:
    expect(page.locator(BAR)).to_have_attribute("data-seat", re.compile(r"^\w+ \w+$"))
    return page.locator(BAR).get_attribute("data-seat") or ""


def menu(page: Page, key: str) -> Locator:
    """Opens one of the teacher's menus."""
    settled(page)
    page.locator(f".st-key-{key} button").first.click()
    return page.locator("[data-testid=stPopoverBody]")


def close_menu(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=stPopoverBody]")).to_have_count(0)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url(re.compile(f"{PAGES[name.lower()]}([?].*)?$"))
    settled(page)


def tile(teacher: Page, name: str) -> Locator:
    return teacher.locator(".pg-seat", has=teacher.get_by_text(name, exact=True))


def act(teacher: Page, name: str, what: str) -> None:
    """Opens what can be done with a seat, and does one of it."""
    tile(teacher, name).click()
    teacher.locator(".pg-room-dialog").get_by_role("button", name=what).click()


def send(teacher: Page, app: App, code: str, **settings: Any) -> None:
    """Sends an experiment from the teacher's playground."""
    show(teacher, f"{app.url}{PAGES['playground']}?room={code.replace(' ', '')}&spec={to_token(experiment('mlp_784_256_10', **settings))}")
    teacher.locator(BAR).get_by_role("button", name="Send experiment").click()
    expect(teacher.locator(BAR).get_by_role("button", name="Sent to the class")).to_be_visible()


def epochs(page: Page) -> Locator:
    return page.get_by_label("Epochs", exact=True).first


@dataclass(frozen=True)
class Lesson:
    """A teacher and four students, the last of them with a phone; names: of their seats."""

    app: App
    code: str
    teacher: Page
    students: Sequence[Page]
    names: Sequence[str]

    def all_are_paused(self, paused: bool) -> None:
        for student in self.students:
            expect(student.locator(BAR)).to_have_attribute("data-paused", "true" if paused else "false")
            wait_for_state(student, "paused" if paused else "running")

    def all_read(self, text: str) -> None:
        """In the line of the bar."""
        for student in self.students:
            expect(student.locator(f"{BAR} .pg-strip-summary")).to_contain_text(text)


def opened(visitor: Callable[..., Page], app: App) -> Lesson:
    """All are in the room, by a code typed in different ways, and one by the link of the QR code."""
    teacher, students = visitor(), [visitor(), visitor(), visitor(theme="dark"), visitor(**NARROW)]
    code = open_room(teacher, app)
    plain = code.replace(" ", "")
    typed = (code, plain.lower(), f" {plain[:2]}-{plain[2:]} ")
    names = [join(student, app, text, start) for student, text, start in zip(students[:3], typed, ("room", "home", "room"), strict=True)]
    show(students[3], f"{app.url}/room?room={plain}")
    names.append(name_of(students[3]))
    assert len(set(names)) == 4
    expect(teacher.locator(WALL)).to_have_attribute("data-members", "4")
    for name in names:
        expect(tile(teacher, name)).to_contain_text("no run yet")
    students[0].evaluate(CARDS_STAY)
    return Lesson(app, code, teacher, students, names)


def an_experiment_opens_by_itself_unless_the_student_has_changed_theirs(lesson: Lesson) -> None:
    first, second, *others = lesson.students
    for student in (first, second):
        go(student, "Playground")
    epochs(second).fill("7")
    epochs(second).press("Enter")
    settled(second)
    send(lesson.teacher, lesson.app, lesson.code, **SLOWLY)
    expect(epochs(first)).to_have_value("500")
    first.locator(CARD).get_by_role("button", name="Undo").click()
    expect(epochs(first)).not_to_have_value("500")
    expect(first.locator(CARD)).to_have_count(0)
    first.locator(f"{BAR} .pg-strip-who").click()
    first.locator(f"{BAR} .pg-strip-sheet").get_by_role("button", name="Open the teacher's experiment").click()
    expect(epochs(first)).to_have_value("500")
    first.locator(f"{BAR} .pg-strip-who").click()
    expect(second.locator(CARD)).to_contain_text("has sent an experiment")
    expect(epochs(second)).to_have_value("7")
    second.locator(CARD).get_by_role("button", name="Open the teacher's experiment").click()
    expect(epochs(second)).to_have_value("500")
    expect(second.locator(CARD)).to_have_count(0)
    for student in others:
        student.get_by_role("link", name="Go to the playground").click()
        expect(epochs(student)).to_have_value("500")


def the_wall_moves_and_all_are_paused_and_go_on(lesson: Lesson) -> None:
    teacher = lesson.teacher
    for student in lesson.students:
        press(student, "play")
    for student in lesson.students:
        wait_for_points(student)
    teacher.locator(BAR).get_by_role("button", name="Room").click()
    for name in lesson.names:
        expect(tile(teacher, name).locator("path")).to_have_attribute("d", re.compile("^M.+L"))
        expect(tile(teacher, name)).to_contain_text("of 500")
    teacher.get_by_role("button", name="Pause all").click()
    lesson.all_are_paused(True)
    for name in lesson.names:
        expect(tile(teacher, name)).to_contain_text("paused")
    expect(lesson.students[0].locator(BAR)).to_contain_text("Paused by your teacher")
    teacher.get_by_role("button", name="Resume all").click()
    lesson.all_are_paused(False)


def the_class_sees_a_run_once_its_student_has_said_yes(lesson: Lesson) -> None:
    teacher, (first, second, _, phone) = lesson.teacher, lesson.students
    act(teacher, lesson.names[0], "Ask to show it")
    expect(first.locator(CARD)).to_contain_text("show your run, with its data, to the class")
    first.locator(CARD).get_by_role("button", name="No", exact=True).click()
    expect(teacher.locator(".pg-room-asked")).to_contain_text(f"{lesson.names[0]} would rather not")
    phone.locator(f"{BAR} .pg-strip-who").click()  # the question is not below the sheet
    expect(phone.locator(f"{BAR} .pg-strip-sheet")).to_be_visible()
    act(teacher, lesson.names[3], "Ask to show it")
    phone.locator(CARD).get_by_role("button", name="Yes, show it").click()
    on_show = teacher.get_by_text(f"On show: {lesson.names[3]}")
    expect(on_show).to_be_visible()
    own = chart(second).get_attribute("data-run") or ""
    second.locator(BAR).get_by_role("button", name=f"See the run of {lesson.names[3]}").click()
    expect(second.get_by_text("You are watching a run")).to_be_visible()
    expect(chart(second)).to_have_attribute("data-run", re.compile("^w"))  # the watch address
    second.locator(BAR).get_by_role("button", name="Back to my run").click()
    expect(chart(second)).to_have_attribute("data-run", own)
    phone.locator(BAR).get_by_role("button", name="Your run is on show: stop").click()
    expect(on_show).to_have_count(0)


def what_is_locked_cannot_be_changed_until_it_is_free_again(lesson: Lesson) -> None:
    menu(lesson.teacher, "room_lock_menu").get_by_role("button", name="Optimizer and learning rate").first.click()
    for student in lesson.students:
        expect(student.get_by_text("Locked by your teacher").first).to_be_visible()
    lesson.teacher.get_by_role("button", name="Unlock and show everything").click()
    for student in lesson.students:
        expect(student.get_by_text("Locked by your teacher")).to_have_count(0)
    close_menu(lesson.teacher)


def the_board_counts_what_the_server_has_measured(lesson: Lesson) -> None:
    teacher, (first, second, *_) = lesson.teacher, lesson.students
    task = menu(teacher, "room_task_menu")
    task.get_by_label("What the class is to do").fill(TASK)
    task.get_by_role("button", name="Show it to the class").click()
    lesson.all_read("Reach the goal with <b>few</b> parameters.")
    close_menu(teacher)
    told, sheet = first.locator(CARD), first.locator(f"{BAR} .pg-strip-sheet")
    expect(told).to_contain_text(re.compile("has locked: Optimizer and learning rate.*You can change again.*has set a task", re.DOTALL))
    told.get_by_role("button", name="Read it").click()
    expect(sheet).to_contain_text(TASK.splitlines()[-1].strip())
    expect(told).to_have_count(0)
    first.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    challenge = menu(teacher, "room_challenge_menu")
    challenge.get_by_label("At least (%)", exact=True).fill("1")
    challenge.get_by_label("With fewer parameters than", exact=True).fill("500000")
    challenge.get_by_role("button", name="Set the challenge").click()
    lesson.all_read("fewer than 500,000 parameters")
    close_menu(teacher)
    press(first, "stop")
    wait_for_state(first, "stopped")
    row = teacher.locator(".pg-room-board tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(lesson.names[0])
    expect(row).to_have_attribute("data-meets", "true")
    expect(first.locator(f"{BAR} .pg-strip-summary")).to_contain_text("1st of 1")
    second.locator(f"{BAR} .pg-strip-who").click()
    expect(second.locator(f"{BAR} .pg-room-board tbody tr")).to_contain_text(lesson.names[0])
    second.keyboard.press("Escape")
    expect(second.locator(".pg-strip-sheet")).to_be_hidden()
    challenge = menu(teacher, "room_challenge_menu")
    challenge.get_by_label("With fewer parameters than", exact=True).fill("5000")
    challenge.get_by_role("button", name="Set the challenge").click()
    lesson.all_read("fewer than 5,000 parameters")
    close_menu(teacher)
    expect(teacher.locator(".pg-room-board tbody tr")).to_have_text(
        [re.compile("Not ranked: too many"), re.compile(rf"–.*{lesson.names[0]}.*✗")]
    )
    expect(tile(teacher, lesson.names[0])).to_contain_text("(too many)")
    expect(first.locator(f"{BAR} .pg-strip-summary")).to_contain_text("not ranked: fewer than 5,000 parameters are allowed")


def a_reload_returns_and_a_removal_does_not(lesson: Lesson) -> None:
    teacher, third = lesson.teacher, lesson.students[2]
    third.reload()
    assert name_of(third) == lesson.names[2]
    tab = third.context.new_page()  # an address that was typed
    show(tab, lesson.app.url + PAGES["room"])
    assert name_of(tab) == lesson.names[2]
    expect(tab).to_have_url(re.compile("room=" + lesson.code.replace(" ", "")))
    assert name_of(third) == lesson.names[2]
    act(teacher, lesson.names[2], "Remove …")
    expect(teacher.locator(".pg-room-dialog")).to_contain_text(f"Remove {lesson.names[2]}?")
    teacher.locator(".pg-room-dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(third.locator(BAR)).to_have_count(0)
    expect(teacher.locator(WALL)).to_have_attribute("data-members", "3")


def at_the_end_the_runs_stay_with_the_students(lesson: Lesson) -> None:
    end = menu(lesson.teacher, "room_menu")
    end.get_by_text("The lesson is over").click()
    end.get_by_role("button", name="End the room").click()
    expect(lesson.teacher.get_by_role("button", name="Open a room")).to_be_visible()
    for student in lesson.students:
        expect(student.locator(BAR)).to_have_count(0)
    first = lesson.students[0]
    expect(first.get_by_text("Your runs stay yours.")).to_be_visible()
    first.get_by_role("link", name="Your runs").click()
    expect(first.locator(".pg-run")).to_have_count(1)


@pytest.mark.timeout(400)
def test_a_lesson_from_opening_a_room_to_its_end(visitor: Callable[..., Page], app: App) -> None:
    lesson = opened(visitor, app)
    an_experiment_opens_by_itself_unless_the_student_has_changed_theirs(lesson)
    the_wall_moves_and_all_are_paused_and_go_on(lesson)
    the_class_sees_a_run_once_its_student_has_said_yes(lesson)
    what_is_locked_cannot_be_changed_until_it_is_free_again(lesson)
    the_board_counts_what_the_server_has_measured(lesson)
    a_reload_returns_and_a_removal_does_not(lesson)
    at_the_end_the_runs_stay_with_the_students(lesson)


def test_its_pages_shut_nobody_out_and_nothing_that_the_teacher_does_moves_them(visitor: Callable[..., Page], app: App) -> None:
    teacher, student = visitor(), visitor(**NARROW)
    code = open_room(teacher, app)
    name = join(student, app, code)
    expect(tile(teacher, name)).to_be_visible()
    for page in (teacher, student):
        for theme in in_each_theme(page):
            assert not (faults := serious_faults(page)), f"{theme}: {faults}"
    for width in (NARROW["width"], 768):
        teacher.set_viewport_size({"width": width, "height": NARROW["height"]})
        settled(teacher)
        assert teacher.evaluate(OVERFLOWING) == [0, 0], width
    assert student.evaluate(OVERFLOWING) == [0, 0]

    student.get_by_role("link", name="Go to the playground").click()
    settled(student)
    train_button = student.locator(".st-key-play button:visible").first
    before = train_button.bounding_box()
    teacher.get_by_role("button", name="Pause all").click()
    expect(student.locator(BAR)).to_have_attribute("data-paused", "true")
    expect(train_button).to_be_disabled()
    assert train_button.bounding_box() == before
    assert student.evaluate(OVERFLOWING) == [0, 0]

    tile(teacher, name).focus()
    teacher.keyboard.press("Enter")
    expect(teacher.locator(".pg-room-dialog")).to_be_visible()
    teacher.keyboard.press("Escape")
    expect(teacher.locator(".pg-room-dialog")).to_be_hidden()
    expect(tile(teacher, name)).to_be_focused()
    teacher.get_by_role("button", name="Show large").click()
    screen = teacher.locator(".pg-room-screen")
    expect(screen.locator(".pg-room-digits")).to_have_text(code)
    expect(screen).to_contain_text("1 student has joined")
    screen.get_by_role("button", name="Close").click()
    expect(screen).to_be_hidden()
