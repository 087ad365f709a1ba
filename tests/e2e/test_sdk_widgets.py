"""What a server written with the SDK may send is drawn, and what readers do reaches it as the SDK expects."""

import asyncio
import re
from typing import Any

import pytest
from chatkit.types import ClientToolCallItem, StructuredInputItem
from playwright.async_api import Locator, expect

from e2e.chat import Chat
from e2e.sdk_gallery import COMPONENTS, WIDGETS, types_in
from e2e.sdk_pages import sdk, tab, talk
from e2e.sdk_server import SdkServed

__all__ = ["sdk", "tab", "talk"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


def things(chat: Chat) -> Locator:
    """What is drawn besides text."""
    return chat.element.locator(".thing")


async def asked(chat: Chat, question: str, path: str = "/p") -> None:
    """Open the panel, ask, and wait for the answer's end."""
    await chat.page.goto(path)
    await chat.opener.click()
    await chat.ask(question)
    await expect(chat.questions.last).to_contain_text(question)
    await expect(chat.element.get_by_label("Stop")).to_have_count(0)


async def acted(sdk: SdkServed, count: int) -> list[tuple[str, Any, str | None]]:
    """The actions that the server has had, once there are so many."""
    for _ in range(200):
        if len(sdk.server.actions) >= count:
            break
        await asyncio.sleep(0.05)
    assert len(sdk.server.actions) == count
    return sdk.server.actions


async def test_every_component_is_drawn(talk: Chat, sdk: SdkServed) -> None:
    """The gallery has every component that the SDK knows, and each is there as a reader expects it."""
    assert set().union(*(types_in(root) for root in WIDGETS)) == COMPONENTS
    await asked(talk, "widgets")
    drawn = things(talk)
    await expect(drawn).to_have_count(len(WIDGETS))
    await expect(drawn.nth(0).get_by_role("heading", name="Relays at a glance")).to_be_visible()
    await expect(drawn.nth(0).locator(".answer li")).to_have_text(["one", "two"])
    await expect(drawn.nth(0).locator(".w-badge")).to_have_count(6)
    await expect(drawn.nth(1).get_by_role("img", name="A relay")).to_have_attribute("src", "/relay.png")
    await expect(drawn.nth(1)).to_contain_text("in a transition")
    await expect(drawn.nth(2).get_by_role("listitem")).to_have_count(2)
    await drawn.nth(2).get_by_role("button", name="Show more").click()
    await expect(drawn.nth(2).get_by_role("listitem")).to_have_count(3)
    for role, name in (("textbox", "Plant"), ("textbox", "Remarks"), ("combobox", "Which bed?")):
        await expect(drawn.nth(3).get_by_role(role, name=name)).to_be_visible()  # pyright: ignore[reportArgumentType]
    await expect(drawn.nth(3).get_by_label("Day")).to_have_value("2026-03-01")
    await expect(drawn.nth(3).get_by_role("radio", name="Dry")).to_be_checked()
    await expect(drawn.nth(5).get_by_role("button", name="Off")).to_be_disabled()
    await expect(drawn.nth(6).get_by_role("row", name=re.compile("January"))).to_contain_text("40")


async def test_a_picture_of_another_site_is_a_link(talk: Chat) -> None:
    """It is marked as outside, and nothing is fetched for it."""
    requests: list[str] = []
    talk.page.on("request", lambda request: requests.append(request.url))
    await asked(talk, "widgets")
    link = things(talk).get_by_role("link", name="A picture from elsewhere")
    await expect(link).to_have_attribute("href", "https://elsewhere.example/x.png")
    await expect(link).to_have_class("external")
    assert not [url for url in requests if "elsewhere" in url]


async def test_a_form_sends_its_fields_with_its_action(talk: Chat, sdk: SdkServed) -> None:
    """The payload has the fields beside what it had, dots in names make objects, and what is required is asked for."""
    await asked(talk, "widgets")
    form = things(talk).nth(3)
    await form.get_by_role("button", name="Save").click()
    assert await form.get_by_role("textbox", name="Plant").evaluate("field => field.matches(':invalid')")
    assert sdk.server.actions == []

    await form.get_by_role("textbox", name="Plant").fill("Basil")
    await form.get_by_role("combobox", name="Which bed?").select_option("s")
    assert (await acted(sdk, 1))[0][:2] == (
        "bed.chosen",
        {
            "from": "form",
            "plant": {"name": "Basil"},
            "remarks": "Dry on top.",
            "bed": "s",
            "day": "2026-03-01",
            "wet": "dry",
            "watered": False,
            "title": "Basil in the window",
        },
    )
    await expect(talk.element.get_by_label("Stop")).to_have_count(0)
    await form.get_by_role("radio", name="Moist").check()
    await form.get_by_label("Watered since").check()
    await form.get_by_role("button", name="Save").click()

    kind, payload, sender = (await acted(sdk, 2))[1]
    assert kind == "note.save"
    assert payload == {
        "id": 7,
        "plant": {"name": "Basil"},
        "remarks": "Dry on top.",
        "bed": "s",
        "day": "2026-03-01",
        "wet": "moist",
        "watered": True,
        "title": "Basil in the window",
    }
    assert sender is not None
    assert sdk.sent("threads.custom_action")[-1]["item_id"] == sender
    await expect(things(talk).nth(3)).to_have_text("Saved.")
    await talk.page.reload()
    await expect(things(talk).nth(3)).to_have_text("Saved.")


async def test_an_action_without_a_stream_changes_its_widget_at_once(talk: Chat, sdk: SdkServed) -> None:
    """``streaming: false`` goes by ``threads.sync_custom_action``; what comes back takes the widget's place."""
    await asked(talk, "widgets")
    await things(talk).nth(3).get_by_role("button", name="Preview").click()
    await expect(things(talk).nth(3)).to_contain_text("A preview")
    assert len(sdk.sent("threads.sync_custom_action")) == 1
    assert sdk.sent("threads.custom_action") == []
    assert (await acted(sdk, 1))[0][0] == "note.preview"


async def test_an_action_of_the_page_reaches_the_page_and_nobody_else(talk: Chat, sdk: SdkServed) -> None:
    """``handler: client`` is an event with the fields of the form; the page may send an action of its own then."""
    await asked(talk, "widgets")
    await talk.page.evaluate(
        """() => document.addEventListener("bookside-action", ({target, detail}) => {
            document.title = JSON.stringify(detail.action);
            target.sendAction({type: "place.book", payload: {by: "page"}}, detail.itemId);
        })"""
    )
    await things(talk).nth(3).get_by_role("button", name="Copy").click()
    await expect(talk.page).to_have_title(re.compile(r'"type":"note.copy","payload":\{.*"what":"all"'))
    kind, payload, sender = (await acted(sdk, 1))[0]
    assert (kind, payload) == ("place.book", {"by": "page"})
    assert sender == sdk.sent("threads.custom_action")[0]["item_id"]
    await expect(talk.answers).to_contain_text("Done: place.book")


async def test_a_card_confirms_with_its_fields_and_cancels_without_a_check(talk: Chat, sdk: SdkServed) -> None:
    """A card as a form validates for its confirm button only."""
    await asked(talk, "widgets")
    card = things(talk).nth(4)
    await card.get_by_role("button", name="Book").click()
    assert sdk.server.actions == []
    await card.get_by_role("button", name="No, thanks").click()
    assert (await acted(sdk, 1))[0][:2] == ("place.refuse", {"email": ""})
    await expect(talk.element.get_by_label("Stop")).to_have_count(0)
    await card.get_by_label("Your address").fill("ann@example.org")
    await card.get_by_label("Your address").press("Enter")
    assert (await acted(sdk, 2))[1][:2] == ("place.book", {"place": 3, "email": "ann@example.org"})
    await expect(talk.answers).to_contain_text("Done: place.book")


async def test_a_row_of_a_list_acts(talk: Chat, sdk: SdkServed) -> None:
    """By mouse and by keyboard, and an answer may follow."""
    await asked(talk, "widgets")
    await things(talk).nth(2).get_by_role("button", name=re.compile("Chapter 2")).press("Enter")
    assert (await acted(sdk, 1))[0][:2] == ("chapter.open", {"chapter": 2})
    await expect(talk.answers).to_contain_text("Done: chapter.open")


async def test_a_button_waits_for_what_it_asked_for(talk: Chat, sdk: SdkServed) -> None:
    """Until then it says so, and nothing is sent twice; a refusal is shown, and the widget stays."""
    await asked(talk, "widgets")
    sdk.server.gate.clear()
    first = things(talk).nth(5).get_by_role("button", name="Primary")
    await first.click()
    await expect(first).to_have_attribute("aria-busy", "true")
    await first.dispatch_event("click")
    await things(talk).nth(5).get_by_role("button", name="Secondary").dispatch_event("click")
    sdk.server.gate.set()
    await expect(first).to_have_attribute("aria-busy", "false")
    assert [kind for kind, _, _ in await acted(sdk, 1)] == ["one"]
    assert await talk.element.get_by_role("alert").count() == 0

    await things(talk).nth(5).get_by_role("button", name="Secondary").click()
    await expect(talk.element.get_by_role("alert")).to_contain_text("That cannot be done twice.")
    await expect(talk.element.get_by_role("alert").get_by_role("button")).to_have_count(0)
    await expect(things(talk)).to_have_count(len(WIDGETS))


async def test_a_widgets_text_grows(talk: Chat, sdk: SdkServed) -> None:
    """Its updates are the SDK's own: text grows in its place, and the rest follows."""
    sdk.server.gate.clear()
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("growing")
    await expect(things(talk).locator(".answer strong")).to_have_text("gardener")
    sdk.server.gate.set()
    await expect(things(talk)).to_contain_text("water less.")
    await expect(things(talk)).to_contain_text("And a last line.")


async def test_a_workflow_shows_its_steps_and_its_summary(talk: Chat, sdk: SdkServed) -> None:
    """Tasks come and change while it works; it can be folded away, and one line says what it was."""
    sdk.server.gate.clear()
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("workflow")
    steps = things(talk).first.locator("ol > li")
    await expect(steps).to_have_count(5)
    await expect(steps.nth(0)).to_contain_text("Looked at the question")
    await expect(steps.nth(1).get_by_role("link", name="Elsewhere")).to_have_class("external")
    await expect(steps.nth(2).locator("em")).to_have_text("slower")
    await expect(steps.nth(4).get_by_role("img", name="under way")).to_be_visible()
    sdk.server.gate.set()
    await expect(things(talk).first.locator("summary")).to_have_text("Looked it up")
    await expect(steps.nth(4).get_by_role("img", name="done")).to_be_visible()
    await expect(things(talk).nth(1).locator("summary")).to_have_text("Thought for 12 seconds")
    await things(talk).first.locator("summary").click()
    await expect(steps.nth(0)).not_to_be_visible()
    await expect(things(talk).nth(2).locator("strong")).to_have_text("me")
    await expect(talk.answers).to_contain_text("All looked up.")


async def test_an_image_comes_into_view(talk: Chat, sdk: SdkServed) -> None:
    """Partial pictures are drawn, with how far they are, although the policy allows no ``data:``; then the last one."""
    sdk.server.gate.clear()
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("image")
    canvas = things(talk).locator("canvas")
    await expect(canvas).to_have_attribute("width", "64")
    colour = await canvas.evaluate("canvas => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data]")
    assert colour == [60, 90, 200, 255]
    assert await things(talk).get_by_role("progressbar").evaluate("bar => bar.value") == 0.7
    sdk.server.gate.set()
    await expect(things(talk).locator("img")).to_have_attribute("src", "/relay.png")
    await expect(things(talk).get_by_role("progressbar")).to_have_count(0)


async def test_questions_are_answered(talk: Chat, sdk: SdkServed) -> None:
    """Chosen, written and left-out answers reach the server as the SDK takes them; they stand in the form's place."""
    await asked(talk, "questions")
    form = things(talk)
    await form.get_by_role("radio", name="Clay").check()
    await form.get_by_role("checkbox", name="Spade").check()
    await form.get_by_label("Your own answer").nth(1).fill("A rake")
    await form.get_by_label("What for?").fill("For beans")
    await form.get_by_role("button", name="Send answers").click()
    await expect(talk.answers).to_contain_text("Thank you.")

    assert sdk.sent("threads.add_structured_input")[0]["input"] == {
        "status": "answered",
        "answers": {
            "soil": {"values": ["Clay"], "skipped": False},
            "tools": {"values": ["Spade", "A rake"], "skipped": False},
            "why": {"values": ["For beans"], "skipped": False},
            "else": {"values": [], "skipped": True},
        },
    }
    (thread,) = sdk.server.memory.items.values()
    kept = next(item for item in thread if isinstance(item, StructuredInputItem))
    assert kept.status == "answered"
    await expect(things(talk).locator("dd")).to_have_text(["Clay", "Spade, A rake", "For beans", "Skipped"])


async def test_questions_can_be_skipped(talk: Chat, sdk: SdkServed) -> None:
    """All at once; the assistant goes on."""
    await asked(talk, "questions")
    await things(talk).get_by_role("button", name="Skip").click()
    await expect(talk.answers).to_contain_text("Thank you.")
    assert sdk.sent("threads.add_structured_input")[0]["input"] == {"status": "skipped", "answers": {}}


async def test_a_tool_of_the_page_is_called(talk: Chat, sdk: SdkServed) -> None:
    """Its result goes back, and the answer to it is shown."""
    await talk.page.goto("/p")
    await talk.page.evaluate(
        """() => customElements.whenDefined("bookside-chat").then(() => {
            const chat = document.querySelector("bookside-chat");
            chat.clientTools = {
                shout: async ({value}) => ({said: value.toUpperCase()}),
                fail: () => { throw new Error("It is broken."); },
                odd: () => { const odd = {}; odd.odd = odd; return odd; },
                none: () => undefined,
            };
        })"""
    )
    await talk.opener.click()
    for name, said in (
        ("shout", {"said": "HELLO"}),
        ("fail", {"error": "It is broken."}),
        ("none", None),
        ("unknown", {"error": 'This page has no tool "unknown".'}),
        ("constructor", {"error": 'This page has no tool "constructor".'}),
    ):
        await talk.ask(f"tool {name} hello")
        await expect(talk.answers.last).to_contain_text(f"The page said {said!r}.")
        assert sdk.sent("threads.add_client_tool_output")[-1]["result"] == said
    await talk.ask("tool odd hello")
    await expect(talk.answers.last).to_contain_text("circular")
    (items,) = sdk.server.memory.items.values()
    assert all(item.status == "completed" for item in items if isinstance(item, ClientToolCallItem))


async def test_a_tool_is_called_by_one_tab_alone(talk: Chat, sdk: SdkServed) -> None:
    """A second tab that opens the conversation meanwhile calls nothing, and shows what comes of it."""
    slow = """() => customElements.whenDefined("bookside-chat").then(() => {
        window.called = 0;
        document.querySelector("bookside-chat").clientTools = {
            slow: () => new Promise(resolve => { window.called += 1; window.finish = () => resolve("done"); }),
        };
    })"""
    await talk.page.goto("/p")
    await talk.page.evaluate(slow)
    await talk.opener.click()
    await talk.ask("tool slow hello")
    await talk.page.wait_for_function("() => window.called === 1")
    second = Chat(await talk.page.context.new_page())
    await second.page.goto("/p")
    await second.page.evaluate(slow)
    await second.opener.click()
    await expect(second.questions).to_have_text(["tool slow hello"])
    await talk.page.evaluate("() => window.finish()")
    for reader in (talk, second):
        await expect(reader.answers.last).to_contain_text("The page said 'done'.")

    assert await talk.page.evaluate("() => window.called") == 1
    assert await second.page.evaluate("() => window.called") == 0
    assert len(sdk.sent("threads.add_client_tool_output")) == 1


async def test_a_tool_leads_to_another_page_and_nothing_is_lost(talk: Chat, sdk: SdkServed) -> None:
    """The result is sent and answered before the page is left; an address outside the book is refused."""
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("tool navigate https://elsewhere.example/")
    await expect(talk.answers).to_contain_text("This is no address of the book.")
    await talk.ask("tool navigate javascript:alert(1)")
    await expect(talk.answers).to_have_count(2)
    await talk.ask("tool navigate /other")
    await expect(talk.page).to_have_url(re.compile(r"/other$"))
    await expect(talk.answers.last).to_contain_text("/other")


async def test_a_tool_marks_words_on_the_page(talk: Chat) -> None:
    """The words themselves and nothing else; the server hears whether they were there."""
    await talk.page.goto("/p")
    await talk.opener.click()
    words = (await talk.page.locator("p").first.inner_text())[:40]
    await talk.ask(f"tool highlight {words}")
    await expect(talk.answers.last).to_contain_text("{'found': True}")
    marked = "[...CSS.highlights.get('bookside-passage')].map(String).join()"
    assert (await talk.page.evaluate(marked)).strip() == words.strip()
    await talk.ask("tool highlight These words stand nowhere on it.")
    await expect(talk.answers.last).to_contain_text("{'found': False}")
    assert not await talk.page.evaluate("CSS.highlights.has('bookside-passage')")


async def test_effects_reach_the_page(talk: Chat) -> None:
    """As an event that the page may keep for itself; notices are shown, with their Markdown."""
    await talk.page.goto("/p")
    await talk.page.evaluate(
        """() => document.addEventListener("bookside-effect", (event) => {
            document.title = JSON.stringify(event.detail);
            event.preventDefault();
        })"""
    )
    await talk.opener.click()
    await talk.ask("effects")
    await expect(talk.answers).to_contain_text("Look at the page.")
    await expect(talk.page).to_have_title('{"name":"celebrate","data":{"with":"confetti"}}')
    await expect(talk.element.locator(".notice")).to_have_count(2)
    await expect(talk.element.locator(".notice strong").nth(1)).to_have_text("full")
    await talk.ask("goes")
    await expect(talk.page).to_have_title('{"name":"navigate","data":{"url":"/other"}}')
    await expect(talk.answers.nth(1)).to_contain_text("There it is.")
    assert talk.page.url.endswith("/p")


async def test_an_effect_leads_to_another_page(talk: Chat) -> None:
    """Once the answer is whole."""
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.ask("goes")
    await expect(talk.page).to_have_url(re.compile(r"/other$"))
    await expect(talk.answers).to_contain_text("There it is.")


async def test_sources_of_every_kind(talk: Chat) -> None:
    """A page is a link, a file has its name, and the page hears of an entity that is chosen."""
    await asked(talk, "sources")
    entries = talk.sources.get_by_role("listitem")
    await expect(entries).to_have_count(3)
    await expect(entries.nth(0).get_by_role("link")).to_have_attribute("href", "/p#p")
    await expect(entries.nth(1)).to_contain_text("sheet.pdf")
    await talk.page.evaluate(
        """() => document.addEventListener("bookside-entity", ({detail}) => {
            document.title = `${detail.source.id} on shelf ${detail.source.data.shelf}`;
        })"""
    )
    await entries.nth(2).get_by_role("button", name="Relay K1").click()
    await expect(talk.page).to_have_title("e1 on shelf 4")


async def test_an_answer_that_fails_is_tried_again(talk: Chat, sdk: SdkServed) -> None:
    """What was written stays until then, the reason is said, and the question is asked again by its id."""
    await asked(talk, "fails")
    await expect(talk.element.get_by_role("alert")).to_contain_text("The well is dry.")
    await talk.element.get_by_role("button", name="Try again").click()
    await expect(talk.element.get_by_role("alert")).to_contain_text("The well is dry.")
    assert len(sdk.sent("threads.retry_after_item")) == 1


async def test_a_closed_conversation_takes_no_more_questions(talk: Chat) -> None:
    """It says why, also after a reload; a new conversation can be begun."""
    await asked(talk, "closes")
    await expect(talk.element.locator(".composer")).to_have_text("The lesson is over.")
    await talk.page.reload()
    await expect(talk.element.locator(".composer")).to_have_text("The lesson is over.")
    await talk.element.get_by_label("New conversation").click()
    await expect(talk.composer).to_be_visible()


async def test_all_of_it_is_there_again_after_a_reload(talk: Chat, sdk: SdkServed) -> None:
    """More items than the server gives at once, each as it was."""
    await asked(talk, "widgets")
    for question in ("workflow", "sources", "image", "widgets"):
        await talk.ask(question)
        await expect(talk.questions.last).to_contain_text(question)
        await expect(talk.element.get_by_label("Stop")).to_have_count(0)
    count = await things(talk).count()
    texts = await things(talk).all_inner_texts()
    assert count == 2 * len(WIDGETS) + 4
    await talk.page.reload()
    await expect(things(talk)).to_have_count(count)
    await expect(things(talk).locator(".w-card").first).to_be_visible()
    assert await things(talk).all_inner_texts() == texts


async def test_files_are_attached(talk: Chat, sdk: SdkServed) -> None:
    """Chosen files are announced and uploaded at once, shown, removable, named by the question, and shown with it."""
    sdk.offers = {"attachments": {"max_bytes": 1000, "accept": "text/*,image/*"}}
    await talk.page.goto("/p")
    await talk.opener.click()
    await talk.element.locator("input.chosen").set_input_files(
        [
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"dry on Monday"},
            {"name": "spare.txt", "mimeType": "text/plain", "buffer": b"not needed"},
            {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 1001},
        ]
    )
    files = talk.element.get_by_label("Attached files").get_by_role("listitem")
    await expect(files).to_have_count(3)
    await expect(files.nth(2)).to_contain_text("The file is larger than 1 kB.")
    await talk.element.get_by_label("Remove large.txt").click()
    await expect(files.get_by_role("progressbar")).to_have_count(0)
    await talk.element.get_by_label("Remove spare.txt").click()
    await expect(files).to_have_count(1)
    await talk.ask("with a file")
    await expect(talk.answers).to_contain_text("You asked: with a file")

    (kept,) = sdk.server.memory.attachments.values()
    assert sdk.server.files.content[kept.id] == b"dry on Monday"
    assert sdk.sent("threads.create")[0]["input"]["attachments"] == [kept.id]
    assert len(sdk.server.files.deleted) == 1
    await expect(files).to_have_count(0)
    await talk.page.reload()
    await expect(talk.questions).to_contain_text("notes.txt")


async def test_a_server_that_takes_no_files_shows_no_button(talk: Chat) -> None:
    """The button is there only where the server offers it."""
    await asked(talk, "hello")
    await expect(talk.answers).to_contain_text("You asked: hello")
    await expect(talk.element.get_by_label("Attach a file")).to_have_count(0)
