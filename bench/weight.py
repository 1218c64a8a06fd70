"""Bytes of a visit: the page and all that it loads, as they travel."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from tests.machine.client import Answer, Browser

FIRST_LIMIT = 100_000
NEXT_LIMIT = 30_000
LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r'from "(\./[^"]+)"')
DRAWN = re.compile(r'url\("?([^")]+)"?\)')


def first_visit(browser: Browser, path: str) -> int:
    """Return the bytes of a page for a browser that was never here."""
    page = browser.get(path)
    known = set(LOADED.findall(page.text))
    waiting = list(known)
    total = size(page)
    while waiting:
        url = waiting.pop()
        answer = browser.get(url)
        if answer.status != 200:
            raise RuntimeError(f"{path} loads {url}, which answers {answer.status}.")
        total += size(answer)
        more = set(_loads(url, answer)) - known
        known |= more
        waiting += more
    return total


def next_visit(browser: Browser, path: str) -> int:
    """Return the bytes of a page for a browser that has kept what never changes."""
    return size(browser.get(path))


def size(answer: Answer) -> int:
    """Return the bytes of an answer with its head."""
    return answer.transferred + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())


def _loads(url: str, answer: Answer) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    pattern = DRAWN if "css" in kind else IMPORTED if "javascript" in kind else None
    if pattern is not None:
        for found in pattern.findall(answer.text):
            if not found.startswith("data:"):
                yield urljoin(url, found)
