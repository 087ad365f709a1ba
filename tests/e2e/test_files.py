"""Files that a reader drops on the panel or pastes into it go with the question."""

import pytest
from playwright.async_api import Page, expect

from e2e.chat import Chat
from model_server import ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEND = """(element, [name, types, text]) => {
  const data = new DataTransfer();
  if (types.includes("file")) data.items.add(new File(["The pump is loud."], "notes.txt", {type: "text/plain"}));
  if (types.includes("text")) data.setData("text/plain", text);
  const target = element.shadowRoot.querySelector("textarea");
  const options = {bubbles: true, composed: true, cancelable: true};
  const event = name === "paste"
    ? new ClipboardEvent(name, {...options, clipboardData: data})
    : new DragEvent(name, {...options, dataTransfer: data, relatedTarget: text === "within" ? element : null});
  return !target.dispatchEvent(event);
}"""
"""What a browser does for a hand that drags or pastes; whether the widget has taken it."""


@pytest.fixture
def chat(page: Page, model: ModelServer) -> Chat:
    return Chat(page)


async def opened(chat: Chat) -> None:
    await chat.open("/2-water/1-relay")
    await expect(chat.button("Attach a file")).to_be_visible()


@pytest.mark.parametrize("way", ["drop", "paste"])
async def test_a_file_is_attached_and_sent(chat: Chat, model: ModelServer, way: str) -> None:
    """It stands above the field at once, and its words reach the model with the question."""
    await opened(chat)
    assert await chat.element.evaluate(SEND, [way, "file", ""])
    await expect(chat.element.locator(".files")).to_contain_text("notes.txt")
    await expect(chat.element.locator(".files progress")).to_have_count(0)
    await chat.ask("What is in it?")
    await chat.finished()

    await expect(chat.questions).to_contain_text("notes.txt")
    assert "The pump is loud." in str(model.requests[0])


async def test_the_panel_says_that_files_can_be_dropped_on_it(chat: Chat) -> None:
    """As long as they are over it, whichever part of it; words that are dragged are none."""
    await opened(chat)
    await chat.element.evaluate(SEND, ["dragover", "file", ""])
    await expect(chat.element.locator(".drop")).to_be_visible()
    await chat.element.evaluate(SEND, ["dragleave", "file", "within"])
    await chat.page.wait_for_timeout(100)
    await expect(chat.element.locator(".drop")).to_be_visible()
    await chat.element.evaluate(SEND, ["dragleave", "file", ""])
    await expect(chat.element.locator(".drop")).to_have_count(0)

    assert not await chat.element.evaluate(SEND, ["dragover", "text", "words"])


async def test_words_that_are_pasted_with_a_picture_of_themselves_stay_words(chat: Chat) -> None:
    """As word processors copy them."""
    await opened(chat)

    assert not await chat.element.evaluate(SEND, ["paste", "file text", "words"])
    await expect(chat.element.locator(".files")).to_have_count(0)
