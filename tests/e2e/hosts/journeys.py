"""What a reader can do on every site that has the assistant on it; a host's tests are this class and a fixture."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.chat import Chat
from e2e.hosts.host import Host
from model_server import ModelServer

WORDS = [f"word{n} " for n in range(80)]
WHOLE = "".join(WORDS).strip()
GAP_S = 0.05
"""An answer takes four seconds: time to go somewhere else in the middle of it."""

IS_MARKED = """words => {
  const ranges = [...(CSS.highlights.get("bookside-passage") ?? [])];
  return ranges.some(range => range.toString().replace(/\\s+/g, " ").includes(words));
}"""

SHIFTS = """restless => new Promise(resolve => {
  const found = [];
  new PerformanceObserver(list => {
    for (const {value, hadRecentInput, sources} of list.getEntries()) {
      const own = source => restless && source.node?.parentElement?.closest(restless);
      const others = sources.filter(source => !own(source));
      if (!hadRecentInput && others.length > 0) found.push([value, others.map(source => source.node?.nodeName)]);
    }
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(found), 500);
})"""
"""What moved by itself; a press may move things: the page makes room for the panel."""
COVERED = """() => {
  const panel = document.querySelector("bookside-chat").shadowRoot.querySelector("dialog").getBoundingClientRect();
  const lines = [...CSS.highlights.get("bookside-passage")].flatMap(range => [...range.getClientRects()]);
  return panel.width > 0 && lines.some(line =>
    line.right > panel.left && line.left < panel.right && line.bottom > panel.top && line.top < panel.bottom);
}"""
"""Whether the open panel stands over some of the marked words."""


class HostJourneys:
    """Inherit, and give a fixture ``host``; every test runs under the site's strict content security policy."""

    @pytest.fixture
    def chat(self, page: Page, model: ModelServer, host: Host) -> Chat:
        model.searches = {"queries": [host.question]}
        model.says = ["So it is", " written here [1]."]
        return Chat(page)

    async def test_asks_and_gets_an_answer_from_this_book(self, chat: Chat, model: ModelServer, host: Host) -> None:
        """The answer rests on a passage of this site's book, and the model knows on which page it was asked."""
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await chat.finished()

        await expect(chat.answers).to_contain_text("So it is written here")
        await expect(chat.sources).to_contain_text(host.quoted)
        assert host.start in str(model.requests[0])

    async def test_a_citation_leads_to_its_section_on_this_site(self, chat: Chat, host: Host) -> None:
        """A click goes to the page of this site, where the very passage is marked; the conversation is there again."""
        await chat.page.set_viewport_size({"width": 1360, "height": 500})
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await chat.finished()
        await chat.answers.locator(".citation").click()
        await expect(chat.page).to_have_url(re.compile(f"^{re.escape(host.origin + host.cited)}(:~:.*)?$"))

        anchor = host.cited.partition("#")[2]
        await expect(chat.page.locator(f'[id="{anchor}"]')).to_have_count(1)
        await is_open(chat)
        await chat.page.wait_for_function(IS_MARKED, arg=host.quoted)
        await expect(chat.page.get_by_text(host.quoted).first).to_be_in_viewport()
        await expect(chat.answers).to_contain_text("So it is written here")

    async def test_the_sites_own_links_do_not_interrupt_an_answer(
        self, chat: Chat, model: ModelServer, host: Host
    ) -> None:
        """In mid-answer the reader goes on to another page: the answer goes on, too, and every word comes once."""
        await in_mid_answer(chat, model, host)
        await chat.page.evaluate("() => { window.sameDocument = true; }")
        await follow(chat.page, host)

        assert await chat.page.evaluate("() => window.sameDocument === true") is host.is_one_document
        await is_open(chat)
        await is_whole(chat, host)

    async def test_a_draft_and_the_panel_stay_where_the_site_changes_pages(self, chat: Chat, host: Host) -> None:
        """What was being typed is there after the site's own navigation, in the panel that is still open."""
        await chat.open(host.origin + host.start)
        await chat.composer.fill("What about")
        await follow(chat.page, host)

        await expect(chat.panel).to_be_visible()
        await expect(chat.composer).to_have_value("What about")
        await expect(chat.element).to_have_count(1)

    async def test_after_the_sites_navigation_the_next_question_tells_the_new_page(
        self, chat: Chat, model: ModelServer, host: Host
    ) -> None:
        """The page that goes with a question is the one that the reader is on by then."""
        await chat.open(host.origin + host.start)
        await follow(chat.page, host)
        await is_open(chat)
        await chat.ask(host.question)
        await chat.finished()

        assert host.leads_to in str(model.requests[0])

    async def test_a_reload_does_not_interrupt_an_answer(self, chat: Chat, model: ModelServer, host: Host) -> None:
        """In mid-answer the page is loaded anew: the answer goes on and is whole."""
        await in_mid_answer(chat, model, host)
        await chat.page.reload()
        await is_open(chat)
        await is_whole(chat, host)

    async def test_stop_keeps_what_was_written(self, chat: Chat, model: ModelServer, host: Host) -> None:
        """The words so far stay, and the next question gets its answer."""
        await in_mid_answer(chat, model, host)
        await chat.button("Stop").click()
        await expect(chat.button("Send")).to_be_visible()
        await expect(chat.answers).to_contain_text("word5")
        await expect(chat.answers).not_to_contain_text("word79")

        model.says, model.gap_s = ["Yes [1]."], 0
        await chat.ask("Really?")
        await chat.finished(2)

    async def test_a_failure_can_be_tried_again(self, chat: Chat, model: ModelServer, host: Host) -> None:
        """The reader is told, and Try again gets the answer without asking twice."""
        model.status = 500
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await expect(chat.element.get_by_role("alert")).to_contain_text("The language model")
        model.status = 200
        await chat.button("Try again").click()
        await chat.finished()

        await expect(chat.questions).to_have_count(1)
        await expect(chat.answers).to_contain_text("So it is written here")

    async def test_words_selected_on_the_page_go_with_the_question(
        self, chat: Chat, model: ModelServer, host: Host
    ) -> None:
        """Words of the site's own page reach the model, and stand with the question afterwards."""
        await chat.page.goto(host.origin + host.start)
        await chat.page.get_by_text(host.selected).first.click(click_count=3)
        await chat.opener.click()
        await expect(chat.element.locator(".chip")).to_contain_text(host.selected)
        await chat.ask("Explain this")
        await chat.finished()

        await expect(chat.questions).to_contain_text(host.selected)
        assert host.selected in str(model.requests[0]["messages"])

    async def test_conversations_are_listed_renamed_and_deleted(self, chat: Chat, host: Host) -> None:
        """The list has the conversation; its new title is kept over a reload; deleted, it is gone from the server."""
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await chat.finished()
        conversations = Conversations(chat)
        await conversations.open()
        await expect(conversations.titles).to_have_count(1)
        await conversations.rename("A better name")
        await expect(conversations.titles).to_have_text(["A better name"])

        await chat.page.reload()
        await is_open(chat)
        await conversations.open()
        await expect(conversations.titles).to_have_text(["A better name"])
        await conversations.delete("A better name")
        await expect(conversations.titles).to_have_count(0)
        await expect(chat.answers).to_have_count(0)
        await chat.page.wait_for_load_state("networkidle")  # the server has heard of it
        await chat.page.reload()
        await is_open(chat)
        await expect(chat.answers).to_have_count(0)

    async def test_two_tabs_are_in_step(self, chat: Chat, model: ModelServer, host: Host) -> None:
        """A second tab of the site shows the same conversation, and an answer of the first as it grows."""
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await chat.finished()
        second = Chat(await chat.page.context.new_page())
        await second.open(host.origin + host.leads_to)
        await expect(second.answers).to_contain_text("So it is written here")

        model.says, model.gap_s = WORDS, GAP_S
        await chat.ask("And then?")
        await expect(second.answers.nth(1)).to_contain_text("word5 ")
        await expect(second.answers.nth(1)).to_have_attribute("aria-busy", "true")
        await second.finished(2)
        await chat.finished(2)
        await expect(second.answers.nth(1)).to_contain_text("word79")

    async def test_offline_nothing_is_lost(
        self, chat: Chat, model: ModelServer, host: Host, complaints: list[str]
    ) -> None:
        """In mid-answer the browser goes offline and comes back: the reader is told, and every word comes once."""
        await in_mid_answer(chat, model, host)
        await chat.page.context.set_offline(True)
        await expect(chat.element.get_by_text("offline").first).to_be_visible()
        await chat.page.context.set_offline(False)
        await is_whole(chat, host)

        others = {complaint for complaint in complaints if "net::ERR_" not in complaint}
        assert others == set(), others
        complaints.clear()

    async def test_it_is_dark_with_the_site(self, chat: Chat, host: Host) -> None:
        """The site's own switch changes the panel, too, at once and after a reload."""
        await chat.page.emulate_media(color_scheme="light")
        await chat.open(host.origin + host.start)
        await expect(chat.element).to_have_attribute("data-scheme", "light")
        light = await lightness(chat)
        await host.darken(chat.page)
        await expect(chat.element).to_have_attribute("data-scheme", "dark")
        assert await lightness(chat) < 3 * 128 < light

        await chat.page.reload()
        await expect(chat.element).to_have_attribute("data-scheme", "dark")

    async def test_nothing_on_the_page_moves_for_it(self, chat: Chat, host: Host) -> None:
        """Loading the page, opening the panel and closing it shift nothing that the reader looks at."""
        await chat.open(host.origin + host.start)
        await chat.button("Close").click()
        await expect(chat.panel).to_be_hidden()

        shifts = await chat.page.evaluate(SHIFTS, host.restless)
        assert shifts == [], shifts

    @pytest.mark.parametrize("width", [1280, 800])
    async def test_the_panel_covers_nothing_of_a_cited_passage(self, chat: Chat, host: Host, width: int) -> None:
        """The page makes room for the panel; where there is none, the panel makes way."""
        await chat.page.set_viewport_size({"width": width, "height": 700})
        await chat.open(host.origin + host.start)
        await chat.ask(host.question)
        await chat.finished()
        await chat.answers.locator(".citation").click()
        await chat.page.wait_for_function(IS_MARKED, arg=host.quoted)
        await expect(chat.page.get_by_text(host.quoted).first).to_be_in_viewport()
        await chat.page.wait_for_function(f"() => !({COVERED})()")

        assert await chat.panel.is_visible() or not (host.makes_room and width > 1000)

    async def test_nothing_moves_when_a_page_comes_with_the_panel_open(self, chat: Chat, host: Host) -> None:
        """Room is there before the first painting."""
        await chat.open(host.origin + host.start)
        await chat.page.reload()
        await is_open(chat)

        shifts = await chat.page.evaluate(SHIFTS, host.restless)
        assert shifts == [], shifts

    async def test_the_site_works_where_the_assistant_cannot_be_reached(
        self, chat: Chat, host: Host, complaints: list[str]
    ) -> None:
        """The page is whole, its own links work, and the assistant's absence breaks nothing."""
        await chat.page.route("**/bookside.js", lambda route: route.abort())
        await chat.page.goto(host.origin + host.start)
        await follow(chat.page, host)
        await expect(chat.opener).to_have_count(0)

        others = {complaint for complaint in complaints if "net::ERR_FAILED" not in complaint}
        assert others == set(), others
        complaints.clear()


@dataclass(frozen=True, slots=True)
class Conversations:
    """The list of the reader's conversations."""

    chat: Chat

    @property
    def list(self) -> Locator:
        """The list itself."""
        return self.chat.element.get_by_role("navigation", name="Conversations")

    @property
    def titles(self) -> Locator:
        """The buttons that open the conversations."""
        return self.list.locator(".row .title")

    async def open(self) -> None:
        """Show the list, and wait until it has come."""
        await self.chat.button("Conversations").click()
        await expect(self.list).to_have_count(1)

    async def rename(self, title: str) -> None:
        """Give the first conversation another title."""
        await self.list.get_by_role("button", name="Rename").first.click()
        await self.list.get_by_label("New title").fill(title)
        await self.list.get_by_label("New title").press("Enter")

    async def delete(self, title: str) -> None:
        """Delete a conversation for good."""
        await self.list.get_by_role("button", name=f"Delete: {title}").click()
        await self.list.get_by_role("button", name="Delete", exact=True).click()


async def is_open(chat: Chat) -> None:
    """There is one assistant, and its panel is open, as it was on the page before."""
    await expect(chat.element).to_have_count(1)
    await expect(chat.panel).to_be_visible()


async def in_mid_answer(chat: Chat, model: ModelServer, host: Host) -> None:
    """Ask, and wait until some words have come."""
    model.says, model.gap_s = WORDS, GAP_S
    await chat.open(host.origin + host.start)
    await chat.ask(host.question)
    await expect(chat.answers).to_contain_text("word5 ")


async def is_whole(chat: Chat, host: Host) -> None:
    """One question, and all words of its answer, each once; nothing has failed."""
    await chat.finished()
    assert (await chat.answers.locator(".answer").inner_text()).strip() == WHOLE
    await expect(chat.questions).to_have_text([host.question])
    await expect(chat.element.get_by_role("alert")).to_have_count(0)


async def follow(page: Page, host: Host) -> None:
    """Go on by one of the site's own links."""
    await page.get_by_role("link", name=host.link, exact=True).first.click()
    await expect(page).to_have_url(host.origin + host.leads_to)
    await expect(page.get_by_role("heading", level=1)).to_contain_text(host.heading)


async def lightness(chat: Chat) -> int:
    """Of the panel's background: 0 is black, 765 white."""
    return await chat.panel.evaluate(
        "p => getComputedStyle(p).backgroundColor.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + +part, 0)"
    )
