"""What the widget knows of the page: the selection, how far to look, and what there is to ask."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from e2e.test_passages import marked
from model_server import ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOTS = "Roots drink where the soil is moist, and breathe where it is loose."
AXE = Path(__file__).parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    return Chat(page)


async def select(chat: Chat, address: str, words: str) -> None:
    """Three clicks on a paragraph of a page."""
    await chat.page.goto(address)
    await chat.page.locator("main p", has_text=words).click(click_count=3)
    await expect(chat.element.locator(".offer")).to_be_visible()


async def test_select_ask_and_click_back(chat: Chat, model: ModelServer) -> None:
    """The offer opens the panel with the words; they reach the model, stay with the question, and lead back to it."""
    await select(chat, "/1-soil/2-roots", "Roots drink")
    await chat.button("Ask about this").click()
    await expect(chat.composer).to_be_focused()
    await expect(chat.element.locator(".chip")).to_contain_text(ROOTS)
    await chat.ask("Why is that?")
    await chat.finished()
    assert ROOTS in str(model.requests[0]["messages"])
    await expect(chat.element.locator(".chip")).to_have_count(0)

    await chat.page.goto("/2-water/1-relay")
    await expect(chat.panel).to_be_visible()
    await chat.questions.get_by_role("link", name=ROOTS).click()
    await expect(chat.page).to_have_url(re.compile(r"/1-soil/2-roots#roots$"))
    await marked(chat.page, [ROOTS])


async def test_a_selection_is_asked_about_by_keyboard_alone(chat: Chat) -> None:
    """The offer is the next stop after the words."""
    await select(chat, "/1-soil/2-roots", "Roots drink")
    await chat.page.keyboard.press("Tab")
    await expect(chat.button("Ask about this")).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await expect(chat.composer).to_be_focused()
    await expect(chat.element.locator(".chip")).to_contain_text(ROOTS)


async def test_the_model_is_told_what_the_reader_sees(chat: Chat, model: ModelServer) -> None:
    """The section at the top of the window, by its path in the book."""
    await chat.page.set_viewport_size({"width": 1100, "height": 300})
    await chat.open("/2-water/1-relay#timing")
    await chat.ask("And this?")
    await chat.finished()

    assert "The relay › Timing" in str(model.requests[0]["messages"])


@pytest.mark.parametrize(
    ("label", "scope", "found"),
    [
        ("Whole book", None, True),
        ("Up to this page", "up_to_here", False),
        ("This chapter", "current_chapter", False),
        ("This page", "current_page", False),
        ("Selection", "selection", False),
    ],
)
async def test_the_reader_says_how_far_to_look(
    chat: Chat, model: ModelServer, label: str, scope: str | None, found: bool
) -> None:
    """The model is told, and gets no passage from beyond, however far it searches; the tab remembers the choice."""
    model.searches = {"queries": ["What is a relay?"], "search_scope": "full_book"}
    await select(chat, "/1-soil/2-roots", "Roots drink")
    await chat.button("Ask about this").click()
    choice = chat.element.get_by_label("Where to look")
    offered = ["Whole book", "Up to this page", "This chapter", "This page", "Selection"]
    await expect(choice.get_by_role("option")).to_have_text(offered)
    await choice.select_option(label)
    await chat.ask("Compare this with a relay")
    await chat.finished()

    told = str([request["messages"] for request in model.requests])
    assert ("answer_only_from" in told) is (scope is not None)
    assert scope is None or scope in told
    assert ("a small current moves" in told) is found
    await expect(choice.locator("option:checked")).to_have_text("Whole book" if scope == "selection" else label)
    await chat.page.reload()
    await expect(chat.panel).to_be_visible()
    await expect(choice.locator("option:checked")).to_have_text("Whole book" if scope == "selection" else label)


async def test_who_wants_nothing_of_later_pages_is_told_nothing_anywhere(
    chat: Chat, model: ModelServer, complaints: list[str]
) -> None:
    """Their choice goes along with them; on a page that is none of the book's nothing is searched."""
    model.searches = {"queries": ["What is a relay?"]}

    async def told() -> str:
        model.requests.clear()
        await chat.ask("What is a relay?")
        await chat.finished()
        return str([request["messages"] for request in model.requests])

    await chat.open("/1-soil/2-roots")
    choice = chat.element.get_by_label("Where to look")
    await choice.select_option("Up to this page")
    assert "a small current moves" not in await told()
    await chat.button("New conversation").click()
    await chat.page.goto("/2-water/1-relay")
    await expect(choice.locator("option:checked")).to_have_text("Up to this page")
    assert "a small current moves" in await told()
    await chat.button("New conversation").click()
    await chat.page.goto("/nowhere")
    await expect(choice.get_by_role("option")).to_have_text(["Whole book", "Up to this page"])
    found = await told()
    assert "cannot be kept to what they have read" in found
    assert "a small current moves" not in found
    complaints.clear()


async def test_a_page_that_is_not_of_the_book_cannot_be_kept_to(chat: Chat, complaints: list[str]) -> None:
    """There is nothing to choose, and nothing to begin with."""
    await chat.open("/nowhere")
    await expect(chat.element.get_by_text("What would you like to know?")).to_be_visible()
    await chat.page.wait_for_load_state("networkidle")

    await expect(chat.element.get_by_label("Where to look")).to_have_count(0)
    await expect(chat.element.locator(".starters")).to_have_count(0)
    complaints.clear()


async def test_a_page_proposes_questions(chat: Chat, model: ModelServer) -> None:
    """A click asks one; they are of the page that the reader is on, and gone with the first question."""
    await chat.open("/2-water/1-relay")
    proposed = chat.element.locator(".starters button")
    await expect(proposed).to_have_text(["Summarise this page", "Explain “Wiring”", "Explain “Timing”"])
    await proposed.nth(1).click()
    await chat.finished()

    await expect(chat.questions).to_have_text(["Explain “Wiring”"])
    await expect(proposed).to_have_count(0)
    assert "Explain “Wiring”" in str(model.requests[0]["messages"])


async def test_everybody_can_use_it(chat: Chat) -> None:
    """axe-core finds nothing serious in the offer, the questions to begin with, the chip, the choice and a card."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm --prefix widget ci`")

    async def faults() -> list[str]:
        found = await chat.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    await select(chat, "/1-soil/2-roots", "Roots drink")
    await chat.page.evaluate(AXE.read_text("utf-8"))
    assert await faults() == []
    await chat.button("Ask about this").click()
    await expect(chat.element.locator(".starters")).to_be_visible()
    assert await faults() == []
    await chat.ask("What is a relay?")
    await chat.finished()
    await chat.answers.locator(".citation").hover()
    await expect(chat.element.locator(".card")).to_be_visible()
    assert await faults() == []
