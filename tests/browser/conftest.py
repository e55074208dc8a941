"""A headless Chromium for a module of tests; they skip where there is none."""

from collections.abc import Iterator

import pytest

from tests.support.browser import Browser, find_browser


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    command = find_browser()
    if command is None:
        pytest.skip("no chromium or chrome on PATH")
    browser = Browser.start(command, tmp_path_factory.mktemp("profile"))
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The browser as a user finds it: a desktop, light, on an empty page."""
    chromium.resize(1280, 900)
    chromium.prefer("light")
    return chromium
