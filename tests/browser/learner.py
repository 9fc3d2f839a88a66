"""What a learner does on the pages, step by step, with whichever hand."""

import re
import secrets
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Hand

PASSWORD = "violet-harbour-77"
SLOW = 15_000

Answer = Callable[[Locator], str]


class Learner:
    """Somebody new on the site, with a page and a hand."""

    def __init__(self, page: Page, hand: Hand) -> None:
        self.page = page
        self.hand = hand
        self.name = f"learner-{secrets.token_hex(4)}"

    def sign_up(self) -> None:
        self.page.goto("/accounts/signup/")
        self.hand.write(self.page.locator("[name=username]"), self.name)
        self.hand.write(self.page.locator("[name=password1]"), PASSWORD)
        self.hand.write(self.page.locator("[name=password2]"), PASSWORD)
        self.hand.press(self.page.locator("main").get_by_role("button"))
        expect(self.page).to_have_url(re.compile(r"/$"))

    def ask_for_course(self, topic: str = "Linear algebra", level: str = "Beginner") -> None:
        self.page.goto("/syllabus/generate/")
        self.hand.write(self.page.locator("[name=topic]"), topic)
        self.hand.choose(self.page.locator(f"[name=knowledge_level][value='{level}']"))
        self.hand.press(self.page.get_by_role("button", name="Create the course"))

    def get_course(self, topic: str = "Linear algebra") -> None:
        self.ask_for_course(topic)
        expect(self.page.locator(".lesson-rows").first).to_be_visible(timeout=SLOW)

    def open_first_lesson(self) -> None:
        self.hand.press(self.page.locator(".lesson-rows a").first)
        self.hand.press(self.page.get_by_role("button", name="Write this lesson"))
        expect(self.text).to_be_visible(timeout=SLOW)

    def show_tutor(self) -> None:
        """Turn to the tutor, where it is a tab of its own."""
        tab = self.page.get_by_role("tab", name="Tutor")
        if tab.is_visible():
            tab.click()

    def say(self, message: str) -> None:
        self.hand.write(self.page.locator("#composer-text"), message)
        self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        self.hand.press(self.page.get_by_role("button", name=name, exact=True))

    def answer(self, choose: Answer) -> Locator:
        """Answer the open exercise as `choose` says from its card, and return the tutor's next message."""
        before = self.replies.count()
        card = self.page.locator(".exercise[data-state=open]").last
        expect(card).to_be_visible(timeout=SLOW)
        self._fill(card, choose(card))
        self.hand.press(card.get_by_role("button", name="Check the answer"))
        return self.reply_after(before)

    def reply_after(self, count: int) -> Locator:
        expect(self.replies).to_have_count(count + 1, timeout=SLOW)
        return self.replies.nth(count)

    @property
    def text(self) -> Locator:
        return self.page.locator("#lesson-text .prose")

    @property
    def own_messages(self) -> Locator:
        return self.page.locator("article.message[data-role=user]")

    @property
    def replies(self) -> Locator:
        return self.page.locator("article.message[data-role=assistant]")

    def _fill(self, card: Locator, answer: str) -> None:
        if card.get_by_role("radio").count():
            self.hand.choose(card.locator(f'input[value="{answer}"]'))
        elif card.locator("order-list").count():
            self._put_in_order(card, answer)
        else:
            self.hand.write(card.locator("[name=message]:not([type=hidden])"), answer)

    def _put_in_order(self, card: Locator, answer: str) -> None:
        """Move the items with their buttons until their numbers read as `answer`."""
        wanted = answer.split(", ")
        for place, number in enumerate(wanted):
            item = card.locator(f"li[data-number='{number}']")
            while [each.get_attribute("data-number") for each in card.locator("li").all()].index(
                number
            ) > place:
                self.hand.press(item.locator("[data-move='-1']"))
