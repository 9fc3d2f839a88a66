"""Two ways to use a page: with a pointer, and with the keyboard alone."""

from playwright.sync_api import Locator, Page, expect

FAR = 150


class Pointer:
    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, control: Locator) -> None:
        control.click()

    def write(self, box: Locator, text: str) -> None:
        box.fill(text)

    def choose(self, radio: Locator) -> None:
        radio.check()


class Keyboard:
    """Goes from control to control with Tab, as somebody does who cannot or will not use a pointer."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, control: Locator) -> None:
        self._reach(control)
        self._page.keyboard.press("Enter")

    def write(self, box: Locator, text: str) -> None:
        self._reach(box)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.insert_text(text)

    def choose(self, radio: Locator) -> None:
        group = radio.locator("xpath=ancestor::fieldset[1]").get_by_role("radio")
        self._reach(group)
        for _ in range(group.count()):
            if is_focused(radio):
                break
            self._page.keyboard.press("ArrowDown")
        self._page.keyboard.press("Space")
        expect(radio).to_be_checked()

    def _reach(self, control: Locator) -> None:
        """Press Tab until the control, or one of several, has the focus; fail when Tab does not lead there."""
        expect(control.first).to_be_visible()
        for _ in range(FAR):
            if is_focused(control):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {control}")


Hand = Pointer | Keyboard


def is_focused(control: Locator) -> bool:
    focused: bool = control.evaluate_all("(all) => all.includes(document.activeElement)")
    return focused
