"""The look of the admin where only a browser can tell: what is cut off, alike, in reach or told by colour alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import Booking, CallType
from portal.common import times
from portal.leads import services as leads
from portal.mail import refused
from tests.e2e.desk import pages, signed_in
from tests.factories.bookings import BookingFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
# whatever can be pressed or read and is drawn past the edge of what shows it
CUT_OFF = """() => {
  const aside = ".visually-hidden, .week, svg";
  const shown = (one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(aside);
  const name = (one) => `${one.tagName} ${one.className} ${one.value || one.textContent.trim().slice(0, 30)}`;
  const page = document.documentElement, wider = page.scrollWidth - page.clientWidth;
  const cut = wider > 0 ? [`the page is ${wider} px too wide`] : [];
  for (const one of document.querySelectorAll("main :is(a, button, input, select, textarea, h1, h2, h3, p, li, td)")) {
    if (!shown(one)) continue;
    const box = one.getBoundingClientRect();
    if (box.width < 2) continue;
    if (box.left < -1 || box.right > page.clientWidth + 1) cut.push(name(one));
    for (let over = one.parentElement; over && over !== document.body; over = over.parentElement) {
      const edge = over.getBoundingClientRect(), hides = getComputedStyle(over).overflowX !== "visible";
      if (hides && box.right > edge.right + 1) { cut.push(name(one)); break; }
    }
    const isButton = one.matches("button, input[type=submit], .btn");
    if (isButton && one.scrollWidth > one.clientWidth + 1) cut.push(`words: ${name(one)}`);
  }
  return cut;
}"""


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_cut_off_at_any_width_and_every_page_keeps_the_content_policy(
    open_browser: Open,
    site: str,
    call: Booking,
    language: str,
) -> None:
    """`open_browser` watches the policy."""
    BookingFactory(call_type=call.call_type, start=times.now() - timedelta(days=3), name="Bas Hoekstra")
    mail = OutboundEmailFactory(
        to_email="een.heel.lang.adres.zonder.einde@voorbeeld.example.org", message="bookings/confirmation"
    )
    refused.refuse(mail.to_email, refused.Why.BOUNCE, reason=f"550 5.1.1 <{mail.to_email}> unknown")
    lead = leads.contact(call.email)
    page = signed_in(open_browser, site, 320)
    paths = pages(call)
    paths += [
        f"{reverse('admin:bookings_booking_changelist')}?when=open",
        *(reverse(f"admin:mail_outboundemail_{name}", args=[mail.pk]) for name in ("change", "stop")),
        reverse("admin:leads_lead_no_mail", args=[lead.pk]),
        reverse("admin:leads_lead_history", args=[lead.pk]),
        reverse("admin:leads_consentevent_change", args=[lead.consents.first().pk]),
        reverse("admin:bookings_calltype_history", args=[call.call_type_id]),
        reverse("admin:bookings_calltype_delete", args=[call.call_type_id]),
        reverse("admin:app_list", args=["bookings"]),
    ]
    paths += [
        reverse(f"admin:{name}_changelist")
        for name in (
            *("leads_leadevent", "leads_consentevent", "bookings_waitlistentry", "bookings_offer"),
            *("mail_outboundemail", "mail_refusedaddress", "funnel_tally"),
        )
    ]
    cut = {}
    for path in paths:
        answer = page.goto(path if language == "nl" else path.replace("/beheer/", "/en/beheer/", 1))
        assert answer
        assert answer.status in (200, 409), path  # 409: a kind of call with calls stays
        page.evaluate("document.fonts.ready")
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(CUT_OFF):
                cut[f"{path} at {width}"] = found
    assert cut == {}


def test_the_ways_a_call_can_end_stand_equally_wide_beside_one_another_on_a_phone(
    open_browser: Open, site: str
) -> None:
    start = times.now() - timedelta(days=3)
    BookingFactory(call_type=CallType.objects.get(), start=start, name="Bas Hoekstra")
    for width in (320, 390):
        page = signed_in(open_browser, site, width)
        page.goto(reverse("admin:index"))
        page.evaluate("document.fonts.ready")
        boxes = [one.bounding_box() for one in page.locator(".awaiting .outcomes .btn").all()]
        assert len(boxes) == 3
        assert len({round(box["y"]) for box in boxes}) == 1
        assert len({round(box["height"]) for box in boxes}) == 1
        assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) < 1


def test_help_has_one_size_and_one_distance_on_every_form(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    page = signed_in(open_browser, site, 1280)
    for path in [path for path in pages(call) if path.endswith(("/change/", "/add/"))]:
        page.goto(path)
        sizes = page.locator("#content .help, #content p.help").evaluate_all(
            "all => [...new Set(all.filter((one) => one.checkVisibility())"
            ".map((one) => getComputedStyle(one.querySelector('a, div') || one).fontSize))]"
        )
        assert sizes in ([], ["14px"]), path
    page.goto(reverse("admin:bookings_calltype_change", args=[call.call_type_id]))
    page.evaluate("document.fonts.ready")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    gaps = page.locator(".form-row:not(.hidden) .help").evaluate_all("""all => all
        .map((help) => [help, help.parentElement.querySelector(".duration, input[type=number]")])
        .filter(([help, field]) => field && help.checkVisibility())
        .map(([help, field]) => help.getBoundingClientRect().top - field.getBoundingClientRect().bottom)""")
    assert len(gaps) >= 6
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_form_keeps_its_button_in_reach_and_never_over_what_has_the_focus(
    open_browser: Open,
    site: str,
    call: Booking,
    width: int,
) -> None:
    page = signed_in(open_browser, site, width)
    page.goto(reverse("admin:bookings_calltype_change", args=[call.call_type_id]))
    page.evaluate("document.fonts.ready")
    save = page.locator("input[name=_save]")
    box = save.bounding_box()
    assert box
    assert 0 <= box["y"] <= 900 - box["height"]
    for field in page.locator(".form-row :is(input, select, textarea)").all():
        if not field.is_visible():
            continue
        field.focus()
        low, top = field.bounding_box(), save.bounding_box()
        assert low
        assert top
        assert low["y"] + low["height"] <= top["y"], field.get_attribute("name")


def test_the_axis_stands_on_the_line_of_the_names_of_its_columns(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_booking_change", args=[call.pk]))
    page.evaluate("document.fonts.ready")
    bottoms = page.evaluate("""() => {
      const bottom = (node) => { const range = document.createRange(); range.selectNodeContents(node);
          return range.getBoundingClientRect().bottom; };
      const [name, , score] = document.querySelectorAll(".beams thead th");
      return [bottom(name), bottom(score), document.querySelector(".axis text").getBoundingClientRect().bottom]; }""")
    assert max(bottoms) - min(bottoms) <= 3
    tints = page.locator(".beams tr").evaluate_all(
        "rows => [...new Set(rows.flatMap((row) => [row, ...row.cells])"
        ".map((one) => getComputedStyle(one).backgroundColor))]"
    )
    assert tints == ["rgba(0, 0, 0, 0)"]


def test_forced_colours_show_the_page_one_is_on_and_the_view_that_was_chosen(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    page = signed_in(open_browser, site, 1280, forced_colors="active")
    page.goto(reverse("admin:bookings_booking_week"))
    edges = page.locator(".admin-menu a").evaluate_all(
        "all => all.map((one) => [one.hasAttribute('aria-current'), getComputedStyle(one).borderLeftColor])"
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert {edge for is_current, edge in edges if not is_current} == {paper}
    assert [edge for is_current, edge in edges if is_current] != [paper]
    views = page.locator(".views a").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert len(set(views)) == 2
    page.locator(".admin-menu a").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_how_to_drag_comes_before_what_is_dragged(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_booking_week"))
    page.wait_for_load_state()
    assert page.locator(".keys summary").is_visible()
    assert page.evaluate("""() => Boolean(document.querySelector(".keys").compareDocumentPosition(
        document.querySelector(".week")) & Node.DOCUMENT_POSITION_FOLLOWING)""")


def test_a_call_dropped_where_it_cannot_be_has_the_focus_on_the_refusal(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    other = BookingFactory(
        call_type=call.call_type, start=call.start_at + timedelta(days=7), name="Bas Hoekstra"
    )
    page = signed_in(open_browser, site, 1280)
    start = times.local(other.start_at, call.host.time_zone)
    page.goto(
        f"{reverse('admin:bookings_booking_move', args=[call.pk])}?on={start:%Y-%m-%d}&at={start:%H:%M}"
    )
    page.wait_for_load_state()
    assert page.title().startswith("Fout:")
    assert page.evaluate("document.activeElement.id") == "proposal"


def test_an_error_after_a_redirect_has_the_focus(
    open_browser: Open,
    site: str,
    call: Booking,
) -> None:
    Booking.objects.filter(pk=call.pk).update(status="completed")
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_booking_cancel", args=[call.pk]))
    page.wait_for_load_state()
    assert page.title().startswith("Fout:")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


# ---- in reach, and only what works ----------------------------------------------------------------------
def test_the_practice_is_saved_above_the_bar_of_a_phone(open_browser: Open, site: str) -> None:
    page = signed_in(open_browser, site, 320)
    page.goto(reverse("admin:practice_practice_changelist"))
    save = page.locator(".practice-save button").bounding_box()
    bar = page.locator(".foot-bar").bounding_box()
    assert save
    assert bar
    assert save["y"] + save["height"] <= bar["y"]


def test_without_script_no_button_shows_that_needs_it(open_browser: Open, site: str, call: Booking) -> None:
    page = signed_in(open_browser, site, 1280, java_script_enabled=False)
    page.goto(reverse("admin:bookings_host_feed", args=[call.host_id]))
    expect(page.locator("[data-copy]")).to_be_hidden()
    page.goto(reverse("mfa_activate_totp"))
    expect(page.locator("[data-copy]")).to_be_hidden()
