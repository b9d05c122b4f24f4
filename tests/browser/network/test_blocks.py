"""Building blocks in the editor: inserted, filled, trained, undone; and the menu anywhere inside them."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from playground.catalog.layers import Conv2d, ReLU, Residual
from tests.browser.chromium import NARROW, settled
from tests.browser.connection import Connection
from tests.browser.network.hands import card
from tests.browser.server import App
from tests.browser.steps import experiment, number, open_experiment, train_to_the_end
from tests.browser.test_network_editor import titles


def add(page: Page, title: str, place: str) -> None:
    """A layer from the menu of the insert button before the layer at a place, or of the empty chain there."""
    chain, _, index = place.rpartition("[")
    after = int(index[:-1])
    if after:
        step = page.locator(".pg-step", has=page.locator(f'> .pg-card[data-path="{chain}[{after - 1}]"]'))
    elif chain == "network":
        step = page.locator(".pg-editor > .pg-layers > .pg-step").first
    else:
        block, _, name = chain.rpartition(".")
        branch = int(name[7:-1]) if name.startswith("branch") else 0
        step = page.locator(f'.pg-card[data-path="{block}"] > .pg-inside > .pg-branches > .pg-branch').nth(branch)
        step = step.locator("> .pg-layers > .pg-step").first
    step.locator("> .pg-gap > button").click()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(page.locator(f'.pg-card[data-path="{place}"] > .pg-row .pg-title')).to_have_text(title)


def test_a_residual_block_is_put_in_filled_and_trained(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", examples=320, epochs=1))
    add(page, "Residual block", "network[2]")
    inside = ["Convolution 2D", "Batch normalization", "ReLU", "Convolution 2D", "Batch normalization"]
    expect(card(page, "network[2]").locator(".pg-inside .pg-title")).to_have_text(inside)
    expect(card(page, "network[2]").locator(".pg-inside .pg-shape").last).to_have_text("16×28×28")
    add(page, "Dropout", "network[2].layers[3]")
    rate = card(page, "network[2].layers[3]").get_by_label("Rate", exact=True)
    expect(rate).to_be_focused()
    rate.fill("0.4")
    rate.press("Enter")
    card(page, "network[2].layers[1]").focus()
    page.keyboard.press("Delete")
    expect(card(page, "network[2]").locator(".pg-inside .pg-title")).to_have_text([inside[0], "ReLU", "Dropout", *inside[3:]])
    expect(card(page, "network[2].layers[1]")).to_be_focused()
    train_to_the_end(page)
    assert number(page, "points") > 0
    page.reload(wait_until="domcontentloaded")
    settled(page)
    expect(card(page, "network[2].layers[2]").get_by_label("Rate", exact=True)).to_have_value("0.4")


def test_late_answers_to_edits_leave_the_focus_where_the_user_is(page: Page, app: App) -> None:
    connection = Connection(page)
    page = connection.page
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    connection.holding = True
    add(page, "ReLU", "network[2]")
    add(page, "Dropout", "network[3]")
    rate = card(page, "network[3]").get_by_label("Rate", exact=True)
    expect(rate).to_be_focused()
    node = rate.element_handle()
    page.wait_for_timeout(1500)
    connection.release()
    settled(page)
    expect(page.locator(".pg-editor")).to_have_attribute("data-waiting", "0")
    expect(rate).to_be_focused()
    assert rate.evaluate("(input, before) => input === before", node)


def test_an_inception_block_is_built_and_its_branches_are_joined(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", examples=320, epochs=1))
    add(page, "Parallel branches", "network[2]")
    block = card(page, "network[2]")
    block.get_by_role("button", name="Add a branch").click()
    expect(block.locator(".pg-branch")).to_have_count(3)
    expect(block.get_by_text("Empty: passes its input through.").locator("visible=true")).to_have_count(1)
    add(page, "Convolution 2D", "network[2].branch[2][0]")
    filters = card(page, "network[2].branch[2][0]").get_by_label("Filters")
    filters.fill("5")
    filters.press("Enter")
    out = page.locator(".pg-step", has=page.locator('> .pg-card[data-path="network[2]"]')).locator("> .pg-gap .pg-shape")
    expect(out).to_have_text(f"{8 + 8 + 5}×28×28")
    block.get_by_label("Remove this branch").first.click()
    expect(out).to_have_text(f"{8 + 5}×28×28")
    train_to_the_end(page)


def test_layers_go_into_a_block_and_out_of_it_with_the_keyboard_and_keep_the_focus(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    add(page, "Parallel branches", "network[3]")
    card(page, "network[2]").focus()
    where = ["network[2].branch[0][0]", "network[2].branch[1][0]", "network[2].branch[0][0]", "network[2]"]
    for key, place in zip(["Right", "Right", "Left", "Left"], where, strict=True):
        page.keyboard.press(f"Alt+Arrow{key}")
        expect(card(page, place)).to_be_focused()
        expect(card(page, place).locator("> .pg-row .pg-title")).to_have_text("ReLU")
    settled(page)
    expect(page.locator(".pg-editor > .pg-layers > .pg-step > .pg-card > .pg-row .pg-title")).to_have_text(
        ["Flatten", "Dense", "ReLU", "Parallel branches", "Output"]
    )
    for _ in range(5):
        page.keyboard.press("Control+z")
    titles(page, "Flatten", "Dense", "ReLU", "Output")


def test_four_moves_at_once_keep_the_focus_and_are_all_taken(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("mlp_784_256_10", seed=1))
    add(page, "Parallel branches", "network[3]")
    settled(page)
    card(page, "network[2]").focus()
    for key in ["Right", "Right", "Left", "Right"]:
        page.keyboard.press(f"Alt+Arrow{key}")
    moved = card(page, "network[2].branch[1][0]")
    expect(moved).to_be_focused()
    page.evaluate("document.addEventListener('focusin', (event) => (window.strayed ??= []).push(event.target.dataset?.path ?? ''))")
    page.wait_for_timeout(1500)
    settled(page)
    expect(moved).to_be_focused()
    expect(moved.locator("> .pg-row .pg-title")).to_have_text("ReLU")
    assert set(page.evaluate("window.strayed ?? []")) <= {"network[2].branch[1][0]"}


def test_the_menu_opens_at_its_button_however_long_the_network_is(page: Page, app: App) -> None:
    long = experiment("small_cnn", epochs=1)
    block = Residual(layers=(Conv2d(filters=16), ReLU(), Conv2d(filters=16)))
    open_experiment(page, app, long.model_copy(update={"network": (*long.network[:2], *[block] * 6, *long.network[2:])}))
    button = page.get_by_role("button", name="Insert a layer here").nth(8)
    button.click()
    menu = page.get_by_role("dialog", name="Add a layer")
    at, opened = (box.bounding_box() or {} for box in (button, menu))
    assert min(abs(opened["y"] - at["y"] - at["height"]), abs(opened["y"] + opened["height"] - at["y"])) < 20
    expect(menu).to_be_in_viewport()
    expect(menu.locator("[aria-selected=true] .pg-option-title")).to_have_text("Convolution 2D")


def test_a_problem_in_a_branch_is_told_there_and_repaired_there(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Parallel branches", "network[2]")
    add(page, "Dense", "network[2].branch[1][2]")
    problem = card(page, "network[2].branch[1][2]").locator(".pg-problems li")
    expect(problem).to_contain_text("Dense needs a vector")
    expect(page.locator(".st-key-play button").first).to_be_disabled()
    problem.get_by_role("button", name="Insert a flatten layer before it").click()
    expect(card(page, "network[2].branch[1][2]").locator(".pg-title")).to_have_text("Flatten")


def test_blocks_fit_on_a_phone(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    open_experiment(page, app, experiment("small_cnn", epochs=1))
    add(page, "Parallel branches", "network[2]")
    page.wait_for_timeout(500)
    lefts = {round(box["x"]) for branch in page.locator(".pg-branch").all() if (box := branch.bounding_box())}
    assert len(lefts) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    boxes = [button.bounding_box() for button in page.locator(".pg-editor button:visible").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 36
    spilt = page.locator(".pg-card").evaluate_all("cards => cards.filter((card) => card.scrollWidth > card.clientWidth + 1).length")
    assert spilt == 0
