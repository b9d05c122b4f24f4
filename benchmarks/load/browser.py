"""Visitors with a real Chromium among the simulated ones. Times end when something is on the screen, not when it has been received.

Each has a browser profile of its own that has opened the app before, so scripts and styles are in the browser's cache."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from benchmarks.load.visitor import ENDED, STARTED_SECONDS, Plan, Visit
from tests.browser.chromium import FLAGS, WIDE, installed_chromium

DRAWN = """() => {
    const app = document.querySelector("[data-testid='stApp']");
    const button = document.querySelector(".st-key-play button");
    return app?.dataset.testScriptState === "notRunning" && Boolean(button) && Boolean(document.querySelector(".pg-live-chart"));
}"""
POINTS = "() => Number(document.querySelector('.pg-live-chart')?.dataset.points ?? 0) >= 1"
OVER = "states => states.includes(document.querySelector('.pg-live-chart')?.dataset.state)"


def browse(plans: Sequence[Plan]) -> list[Visit]:
    """The visits of all these visitors, in the order of their plans."""
    return asyncio.run(_together(plans))


async def _together(plans: Sequence[Plan]) -> list[Visit]:
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await playwright.chromium.launch(executable_path=installed_chromium(), args=FLAGS)
        stack.push_async_callback(browser.close)
        contexts = [await _known(browser, plan) for plan in plans]
        return await asyncio.gather(*(_visit(context, plan) for context, plan in zip(contexts, plans, strict=True)))


async def _known(browser: Browser, plan: Plan) -> BrowserContext:
    """The profile of a visitor who has opened the app before."""
    context = await browser.new_context(viewport={"width": WIDE["width"], "height": WIDE["height"]})
    page = await context.new_page()
    await page.goto(f"{plan.url}/playground")
    await page.wait_for_function(DRAWN)
    await page.close()
    return context


async def _visit(context: BrowserContext, plan: Plan) -> Visit:
    result = Visit(browser=True)
    page = await context.new_page()
    await asyncio.sleep(max(0.0, plan.arrives - time.monotonic()))
    try:
        await _train(page, plan, result)
    except PlaywrightError as error:
        result.failure = f"in Chromium: {str(error).splitlines()[0]}"
    return result


async def _train(page: Page, plan: Plan, result: Visit) -> None:
    began = time.monotonic()
    await page.goto(f"{plan.url}/playground?spec={plan.spec}", wait_until="commit")
    await page.wait_for_function(DRAWN, timeout=1000 * STARTED_SECONDS)
    result.page = time.monotonic() - began
    await asyncio.sleep(plan.press_seconds or 0.0)
    pressed = time.monotonic()
    await page.locator(".st-key-play button:visible").first.click()
    await page.wait_for_function(POINTS, timeout=1000 * STARTED_SECONDS)
    result.point = time.monotonic() - pressed
    await page.wait_for_function(OVER, arg=list(ENDED), timeout=1000 * STARTED_SECONDS)
    result.run = time.monotonic() - pressed
    result.state = await page.locator(".pg-live-chart").get_attribute("data-state") or ""
    if result.state != "finished":
        result.failure = f"in Chromium: {result.state}"
