"""What a look has to hold on to: forced colours, the drawing one can press, a short title block on a phone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STYLE = "(element, name) => getComputedStyle(element)[name]"


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate(STYLE, name))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_show_what_is_chosen_where_the_focus_is_and_which_key_is_weakest(
    open_browser: Callable[..., Page], scheme: str
) -> None:
    page = open_browser(forced_colors="active", color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.goto("/")
    chosen, other = ".hero .option:has([value='4'])", ".hero .option:has([value='2'])"
    page.locator(f"{chosen} input").check()
    assert style(page, chosen, "backgroundColor") != style(page, other, "backgroundColor")
    page.locator("h1").click()
    assert style(page, chosen, "outlineStyle") == "none"
    page.locator(f"{chosen} input").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert (style(page, chosen, "outlineStyle"), style(page, chosen, "outlineWidth")) == ("solid", "3px")
    fills = {
        style(page, f".schedule .beam{which} .bar", "fill") for which in (":not(.is-weakest)", ".is-weakest")
    }
    paper = style(page, "body", "backgroundColor")
    assert len(fills | {paper}) == 3
    strokes = {style(page, f".bridge-wide {member}", "stroke") for member in (".member", ".weakest-member")}
    assert len(strokes | {paper}) == 3


def test_a_chosen_answer_keeps_its_dot_when_it_has_the_focus(page: Page) -> None:
    page.goto("/")
    radio = page.locator(".hero input[value='4']")
    radio.check()
    names = ("borderTopWidth", "outlineWidth", "backgroundColor")
    before = [radio.evaluate(STYLE, name) for name in names]
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert radio.evaluate("element => element.matches(':focus-visible')")
    assert [radio.evaluate(STYLE, name) for name in names] == before


@pytest.mark.parametrize("path", ["/sleutels/", "/en/keys/", "/"])
def test_a_diagonal_and_its_name_lead_to_the_key_and_the_keyboard_passes_them_once(
    page: Page, path: str
) -> None:
    page.goto(path)
    page.evaluate("document.fonts.ready")
    page.locator(".bridge-wide").scroll_into_view_if_needed()
    for what in (".member", ".member-name"):
        box = page.locator(f".bridge-wide {what}").last.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.72)
        expect(page).to_have_url(re.compile("/erkenning-op-maat/$|/en/keys/recognition/$"))
        page.go_back()
    stops = page.locator("main a:not([tabindex='-1'])").evaluate_all(
        "links => links.map(link => link.pathname)"
    )
    keys = [stop for stop in stops if re.fullmatch("(/sleutels|/en/keys)/.+", stop)]
    assert len(keys) == len(set(keys)) == 10


@pytest.mark.parametrize("path", ["/sleutels/", "/en/keys/"])
def test_names_on_the_bridge_stay_clear_of_the_ticks(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate("document.fonts.ready")
    room = page.locator(".bridge-wide .member-name").evaluate_all(
        "names => names.map(name => { const box = name.getBBox(), middle = +name.getAttribute('x');"
        " return Math.min(box.x - middle + 50, middle + 50 - box.x - box.width) })"
    )
    assert min(room) >= 3
    assert len(room) in (19, 20)


def test_on_a_phone_the_list_of_keys_has_the_mast_beside_it(open_browser: Callable[..., Page]) -> None:
    page = open_browser(viewport={"width": 390, "height": 844})
    page.goto("/sleutels/")
    expect(page.locator(".bridge-wide")).to_be_hidden()
    boxes = [mast.bounding_box() for mast in page.locator(".keys .mast").all()]
    assert len(boxes) == 10
    joints = [(above["y"] + above["height"], below["y"]) for above, below in itertools.pairwise(boxes)]
    assert all(abs(foot - head) < 1 for foot, head in joints)


@pytest.mark.parametrize(("path", "most"), [("/sleutels/", 400), ("/", 450)])
def test_the_title_block_is_short_on_a_phone(open_browser: Callable[..., Page], path: str, most: int) -> None:
    page = open_browser(viewport={"width": 390, "height": 844})
    page.goto(path)
    page.evaluate("document.fonts.ready")
    assert page.locator(".title-block").bounding_box()["height"] <= most
    assert style(page, ".title-block .unbroken", "whiteSpace") == "nowrap"
    assert walk.no_sideways_scroll(page)


@pytest.mark.parametrize("width", [320, 720, 1280])
def test_there_is_one_menu_at_every_width_and_it_is_a_nav(
    open_browser: Callable[..., Page], width: int
) -> None:
    page = open_browser(viewport={"width": width, "height": 800})
    page.goto("/privacy/")
    if width < 992:
        page.get_by_role("link", name="Menu", exact=True).click()
        expect(page.locator("nav#menu")).to_be_focused()
        assert page.get_by_role("navigation").filter(has_text="Mijn scans").count() == 1
    expect(page.get_by_role("navigation").get_by_role("link", name="Mijn scans").first).to_be_visible()
