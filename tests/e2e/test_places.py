"""Where a call is: asked, refused, promised and chosen, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import Booking, CallType
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of
from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_wrong_number_is_said_and_a_right_one_books(
    open_browser: Callable[..., Page], script: bool
) -> None:
    page = open_browser(java_script_enabled=script, viewport={"width": 320, "height": 700})
    CallType.objects.update(location_kind="phone_host_calls", needs_code=False)
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    expect(page.locator(".section-legend")).to_contain_text("Jet belt je op het nummer dat je hier invult")
    number = page.get_by_label("Telefoonnummer")
    assert (number.get_attribute("autocomplete"), number.get_attribute("inputmode")) == ("tel", "tel")
    number.fill("06 1234")
    page.locator("textarea[name=remark]").fill("Over uit handen geven")
    walk.fill_in_details(page, email=EMAIL)

    expect(page).to_have_title(re.compile(r"^Fout:"))
    page.locator(".error-summary a").click()
    expect(number).to_be_focused()
    expect(number).to_have_value("06 1234")
    expect(page.locator("textarea[name=remark]")).to_have_value("Over uit handen geven")
    expect(page.locator("input[name=email]")).to_have_value(EMAIL)
    assert walk.no_sideways_scroll(page)

    number.fill("06 12345678")
    walk.send_details(page)
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    expect(page.locator(".fact-sheet")).to_contain_text("Jet belt je op +31 6 12345678")
    assert Booking.objects.get().phone == "+31612345678"


def test_the_number_survives_the_code_and_another_language(page: Page) -> None:
    CallType.objects.update(location_kind="phone_host_calls")
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    page.get_by_label("Telefoonnummer").fill("06-12345678")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/en/**")
    expect(page.get_by_label("Phone number")).to_have_value("06-12345678")
    walk.fill_in_details(page, email=EMAIL)
    walk.type_code(page, EMAIL)
    expect(page.locator(".fact-sheet")).to_contain_text("Jet calls you on +31 6 12345678")
    assert Booking.objects.get().phone == "+31612345678"


def test_a_private_room_opens_from_the_page_of_the_call(page: Page) -> None:
    CallType.objects.update(location_kind="jitsi", needs_code=False)
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL)
    room = Booking.objects.get().join_url
    expect(page.locator(f"a[href='{room}']")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 700})
    assert walk.no_sideways_scroll(page)


def test_the_coach_sees_the_fields_of_the_chosen_place_and_loses_nothing(
    open_browser: Callable[..., Page], site: str
) -> None:
    page = open_browser(viewport={"width": 320, "height": 900})
    client = browser_of(User.objects.get(is_superuser=True))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    page.goto(reverse("admin:bookings_calltype_change", args=[CallType.objects.get().pk]))

    def shown() -> list[str | None]:
        return [field.get_attribute("name") for field in page.locator("[data-for-places]:visible").all()]

    assert shown() == ["location_nl", "location_en"]
    page.get_by_label("Adres of woorden, in het Nederlands").fill("In het park")
    page.get_by_label("Online, altijd via dezelfde link").check()
    assert shown() == ["location_url"]
    page.get_by_role("textbox", name="De link").fill("http://video.voorbeeld.nl/jet")
    page.get_by_label("Op een adres").check()
    page.get_by_label("Online, in een eigen Jitsi-ruimte per gesprek").check()
    assert shown() == []
    page.locator("input[name=_save]").click()

    expect(page.locator(".errornote")).to_be_visible()
    assert shown() == ["location_url"]  # of another kind, but something is wrong with it
    expect(page.get_by_role("textbox", name="De link")).to_have_value("http://video.voorbeeld.nl/jet")
    field, row = page.locator("#id_location_url").bounding_box(), page.locator(".errors").bounding_box()
    assert field is not None
    assert row is not None
    assert field["x"] + field["width"] <= row["x"] + row["width"]  # nothing of it is cut off
    page.get_by_role("textbox", name="De link").fill("")
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    call_type = CallType.objects.get()
    assert (call_type.location_kind, call_type.location_nl) == ("jitsi", "In het park")
    assert walk.no_sideways_scroll(page)
