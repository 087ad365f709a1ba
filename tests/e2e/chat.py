"""The widget as a reader handles it."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True, slots=True)
class Chat:
    """``<bookside-chat>`` on a page."""

    page: Page

    @property
    def element(self) -> Locator:
        """The element itself."""
        return self.page.locator("bookside-chat")

    @property
    def opener(self) -> Locator:
        """The button that opens the panel."""
        return self.element.locator(".opener")

    @property
    def panel(self) -> Locator:
        """The panel, open or not."""
        return self.element.locator("dialog")

    @property
    def said(self) -> Locator:
        """What a screen reader was told last."""
        return self.element.locator(".panel > [role=status]")

    @property
    def composer(self) -> Locator:
        """Where questions are typed."""
        return self.element.get_by_label("Your question")

    @property
    def answers(self) -> Locator:
        """The answers, finished or growing."""
        return self.element.get_by_role("article", name="Answer", exact=True)

    @property
    def questions(self) -> Locator:
        """What the reader asked."""
        return self.element.get_by_role("group", name="You asked")

    @property
    def sources(self) -> Locator:
        """The list below an answer."""
        return self.element.locator(".sources")

    def button(self, name: str) -> Locator:
        """One of the panel's buttons."""
        return self.element.get_by_role("button", name=name, exact=True)

    async def open(self, address: str = "/") -> None:
        """Go to a page and open the panel there."""
        await self.page.goto(address)
        await self.opener.click()
        await expect(self.composer).to_be_focused()

    async def ask(self, question: str) -> None:
        """Type a question and send it."""
        await self.composer.fill(question)
        await self.composer.press("Enter")

    async def finished(self, answers: int = 1) -> None:
        """Wait until there are so many answers, and all are complete."""
        await expect(self.element.locator("article[aria-busy=false]")).to_have_count(answers)
        await expect(self.button("Stop")).to_have_count(0)
