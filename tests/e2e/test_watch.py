"""The browser's own watchmen, on pages made for them: a fault that nobody looks at still fails a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.fixtures.axe import axe, with_engine
from tests.fixtures.browser import Watch, assert_fits

HEAD = '<!doctype html><html lang="en"><head><title>T</title><link rel="icon" href="data:,"></head>'
LATE = threading.Event()
FRAME = "<header><nav aria-label='Main'><a href='/good'>Good</a></nav></header>"
ROWS = "".join(f"<li><label for='r{n}'>{n}</label><input id='r{n}' name='r{n}'></li>" for n in range(5))
PAGES = {
    "/good": "<main><h1>Good</h1><p>A page.</p></main>",
    "/foreign": "<main><h1>F</h1><img alt='' src='http://foreign.invalid/a.png'></main>",
    "/neighbour": "<main><h1>N</h1><img alt='' src='http://127.0.0.1:1/a.png'></main>",
    "/number": "<main><h1>N</h1><img alt='' src='http://192.0.2.1/a.png'></main>",
    "/script": "<main><h1>S</h1></main><script>throw new Error('broken script')</script>",
    "/nameless": "<main><h1>N</h1><input name='x'></main>",
    "/framed": f"{FRAME}<main><h1>F</h1><ul>{ROWS}</ul></main>",
    "/framed-nameless": f"{FRAME}<main><h1>F</h1><ul>{ROWS}</ul><input name='x'></main>",
    "/framed-nameless-rows": f"{FRAME}<main><h1>F</h1><ul>{'<li><input name=x></li>' * 5}</ul></main>",
    "/wide": "<main><h1>W</h1><div style='width: 3000px'>wide</div></main>",
}


@pytest.fixture
def house() -> Iterator[str]:
    app = Flask(__name__)

    @app.get("/late")
    def late() -> Iterator[str]:
        """The rest of the page comes once somebody waits for it."""
        yield "<!--"
        assert LATE.wait(10)
        yield f"-->{HEAD}<body>{PAGES['/nameless']}</body></html>"

    @app.get("/<path:_name>")
    def show(_name: str) -> str:
        return f"{HEAD}<body>{PAGES[request.path]}</body></html>"

    server = make_server("127.0.0.1", 0, with_engine(app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watch(house: str) -> Watch:
    return Watch(house)


@pytest.fixture
def watched(browser: Browser, house: str, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(base_url=house, proxy=watch.proxy(), viewport={"width": 390, "height": 844})
    context.on("page", watch.page)
    yield context.new_page()
    context.close()


def test_a_good_page_passes_every_watchman(watched: Page, watch: Watch) -> None:
    watched.goto("/good")
    axe(watched)
    assert_fits(watched)
    assert watch.faults == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/foreign", "foreign host: http://foreign.invalid"),
        ("/neighbour", "foreign host: http://127.0.0.1:1/"),
        ("/number", "foreign host: http://192.0.2.1/"),
        ("/script", "broken script"),
    ],
)
def test_the_watch_notes(watched: Page, watch: Watch, path: str, fault: str) -> None:
    watched.goto(path)
    assert any(fault in line for line in watch.faults)


def test_axe_names_the_rule_and_the_place(watched: Page) -> None:
    watched.goto("/nameless")
    with pytest.raises(AssertionError, match=r"label.*[\s\S]*input"):
        axe(watched)


@pytest.mark.parametrize("path", ["/framed-nameless", "/framed-nameless-rows"])
def test_axe_finds_a_fault_beside_a_frame_and_rows_that_it_knows(watched: Page, path: str) -> None:
    watched.goto("/framed")
    before = watched.content()
    axe(watched)
    assert watched.locator("li").count() == 5 and watched.locator("header").is_visible(), "all is there again"
    assert before.count("<input") == watched.content().count("<input")
    watched.goto(path)
    with pytest.raises(AssertionError, match=r"label.*[\s\S]*input"):
        axe(watched)


def test_axe_waits_for_a_page_that_only_begins_to_arrive(watched: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    LATE.clear()
    wait = watched.wait_for_load_state
    monkeypatch.setattr(watched, "wait_for_load_state", lambda state: (LATE.set(), wait(state)))
    watched.goto("/late", wait_until="commit")
    with pytest.raises(AssertionError, match=r"label.*[\s\S]*input"):
        axe(watched)


def test_a_page_wider_than_the_screen_is_refused(watched: Page) -> None:
    watched.goto("/wide")
    with pytest.raises(AssertionError, match="wider than the screen"):
        assert_fits(watched)
