"""Looks over a browser's shoulder."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
# The browser logs every request that fails; whether one should is for each test to say.
EXPECTED = "Failed to load resource"


class Watch:
    """Collects script errors, CSP violations, dialogs and requests that leave `own_url`."""

    def __init__(self, context: BrowserContext, own_url: str) -> None:
        self._own_url = own_url
        self._complaints: list[str] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("page", self._on_page)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("dialog", lambda dialog: self._on_dialog(dialog.message, dialog.dismiss))

    def complaints(self) -> list[str]:
        return self._complaints

    def _on_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._complaints.append(f"error: {error}"))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self._own_url, "data:", "about:")):
            self._complaints.append(f"request: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            self._complaints.append(f"console: {message.text}")

    def _on_dialog(self, text: str, dismiss) -> None:  # type: ignore[no-untyped-def]
        self._complaints.append(f"dialog: {text}")
        dismiss()
