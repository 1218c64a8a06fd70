"""What a browser complains about while a test plays: console, uncaught errors, answers of 400 and above."""

import re
from collections.abc import Collection

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Response, WebError

FAILED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


class Watch:
    """Listens to every context that a browser opens until ``close``."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._console: list[str] = []
        self._errors: list[str] = []
        self._answers: list[tuple[int, str]] = []
        browser.on("context", self._follow)

    def close(self) -> None:
        self._browser.remove_listener("context", self._follow)

    def complaints(self, *, statuses: set[int], console: set[str], tolerated: Collection[str] = ()) -> list[str]:
        """Return what was not expected, and what was expected and never came.

        ``statuses`` are answers and ``console`` parts of console lines that the test means to provoke;
        ``tolerated`` are parts of lines that may come or not.
        """
        told = [line for line in self._console if not _by_status(line, statuses)]
        found = [f"answered {status}: {what}" for status, what in self._answers if status not in statuses]
        found += [line for line in told if not any(part in line for part in {*console, *tolerated})]
        found += self._errors
        found += [f"no answer {status} came" for status in sorted(statuses - {status for status, _ in self._answers})]
        found += [f"no console line with {part!r} came" for part in sorted(console) if not any(part in x for x in told)]
        return found

    def _follow(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._console.append(f"console {message.type}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._errors.append(f"uncaught: {error.error}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._answers.append((response.status, f"{response.request.method} {response.url}"))


def _by_status(line: str, statuses: set[int]) -> bool:
    failed = FAILED.search(line)
    return failed is not None and int(failed[1]) in statuses
