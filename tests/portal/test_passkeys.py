"""What a passkey opens, and what it does not: alone, as the second step, once more, and of whom."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts import staff
from portal.accounts.models import User
from portal.accounts.passkey_forms import MOST
from portal.mail import refused
from portal.mail.models import RefusedAddress
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.portal.soft_passkey import PRESENT, SoftPasskey
from tests.portal.test_door import signed_in
from tests.portal.test_second_factor import MILA, at_second_step, close_the_second_step

pytestmark = pytest.mark.usefixtures("clock", "page_context")
DOOR = "/inloggen/"


@pytest.fixture
def mila(db: None, clock: Any) -> User:
    """Somebody of the practice without a second step."""
    return User.objects.create_user(MILA, is_staff=True)


@pytest.fixture
def passkey(mila: User) -> SoftPasskey:
    """Made by her, in a browser that she left open."""
    made = SoftPasskey()
    answer = add(browser_of(mila, second_factor=False), made, name="Laptop")
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return made


def add(browser: Client, passkey: SoftPasskey, **sent: Any) -> Any:
    asks = browser.get(reverse("mfa_add_webauthn")).context["passkey_options"]
    return browser.post(reverse("mfa_add_webauthn"), {"credential": passkey.made(asks), **sent})


def asked(browser: Client) -> dict[str, Any]:
    found: dict[str, Any] = browser.post(reverse("mfa_login_webauthn")).json()
    return found


def sign_in(browser: Client, credential: str, **sent: Any) -> Any:
    return browser.post(reverse("mfa_login_webauthn"), {"credential": credential, **sent})


def test_alone_it_opens_the_admin_where_one_was_going(passkey: SoftPasskey) -> None:
    browser, target = Client(), reverse("admin:leads_lead_changelist")
    mila = User.objects.get()
    mila.groups.add(staff.ensure_coach_group())
    answer = sign_in(browser, passkey.given(asked(browser)), next=target)
    assert answer.headers["Location"] == target
    assert browser.get(target).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(passkey: SoftPasskey, elsewhere: str) -> None:
    browser = Client()
    answer = sign_in(browser, passkey.given(asked(browser)), next=elsewhere)
    assert answer.headers["Location"] == reverse("accounts:account")


def test_alone_it_must_have_been_unlocked(passkey: SoftPasskey) -> None:
    browser = Client()
    assert sign_in(browser, passkey.given(asked(browser), flags=PRESENT)).headers["Location"] == DOOR
    assert not signed_in(browser)


def test_one_that_was_not_unlocked_is_not_taken(mila: User) -> None:
    browser, new = browser_of(mila, second_factor=False), SoftPasskey()
    asks = browser.get(reverse("mfa_add_webauthn")).context["passkey_options"]
    assert asks["publicKey"]["authenticatorSelection"]["residentKey"] == "required"
    page = browser.post(reverse("mfa_add_webauthn"), {"credential": new.made(asks, flags=PRESENT)})
    assert "Die passkey kunnen we niet gebruiken" in words_of(page)
    assert not Authenticator.objects.exists()


def test_an_answer_counts_once_and_in_the_browser_that_was_asked(passkey: SoftPasskey) -> None:
    browser, other = Client(), Client()
    answer = passkey.given(asked(browser))
    asked(other)
    sign_in(other, answer)
    assert not signed_in(other)
    sign_in(browser, answer)
    assert signed_in(browser)
    browser.post(reverse("account_logout"))
    sign_in(browser, answer)
    assert not signed_in(browser)


def test_the_key_of_somebody_else_opens_nothing(passkey: SoftPasskey) -> None:
    browser, thief = Client(), SoftPasskey()
    thief.id, thief.owner = passkey.id, passkey.owner
    sign_in(browser, thief.given(asked(browser)))
    assert not signed_in(browser)


def test_who_is_switched_off_stays_out_and_reads_why(passkey: SoftPasskey) -> None:
    User.objects.update(is_active=False)
    browser = Client()
    page = browser.post(
        reverse("mfa_login_webauthn"), {"credential": passkey.given(asked(browser))}, follow=True
    )
    assert "Dit account staat uit." in words_of(page)
    assert not signed_in(browser)


def test_it_proves_no_mailbox(passkey: SoftPasskey) -> None:
    """Whose mail comes back gets none, however often one signs in without it."""
    RefusedAddress.objects.create(
        digest=refused.digests_of(MILA)[0], email=MILA, why=RefusedAddress.Why.BOUNCE
    )
    browser = Client()
    sign_in(browser, passkey.given(asked(browser)))
    assert signed_in(browser)
    assert refused.find(MILA)


def test_a_sign_in_by_code_that_was_begun_gives_way(passkey: SoftPasskey) -> None:
    browser = Client()
    browser.post(DOOR, {"email": MILA})
    sign_in(browser, passkey.given(asked(browser)))
    assert signed_in(browser)
    assert browser.get("/inloggen/code/").status_code == 302


def test_it_is_the_second_step_after_the_code(passkey: SoftPasskey) -> None:
    browser = at_second_step()
    page = browser.get(reverse("mfa_authenticate"))
    assert "Gebruik je passkey" in words_of(page)
    assert "Of een herstelcode" in words_of(page)  # she has no app
    given = passkey.given(page.context["passkey_options"], flags=PRESENT)  # the mailbox was the other
    browser.post(reverse("mfa_authenticate"), {"credential": given})
    assert browser.get(reverse("admin:index")).status_code == 200


def test_it_opens_where_the_codes_are_closed_for_today(passkey: SoftPasskey, clock: Any) -> None:
    close_the_second_step(clock)
    browser = at_second_step("198.51.100.99")
    page = browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "werkt hier geen enkele code" in words_of(page)
    browser.post(reverse("mfa_authenticate"), {"credential": passkey.given(page.context["passkey_options"])})
    assert signed_in(browser)


def test_given_once_more_it_lets_one_change_the_second_step(passkey: SoftPasskey) -> None:
    browser = Client()
    sign_in(browser, passkey.given(asked(browser)))
    row = Authenticator.objects.get(type="webauthn")
    rename = reverse("mfa_edit_webauthn", args=[row.pk])
    again = browser.get(rename).headers["Location"]
    assert again.startswith(reverse("mfa_reauthenticate"))
    given = passkey.given(browser.get(again).context["passkey_options"])
    answer = browser.post(reverse("mfa_reauthenticate"), {"credential": given, "next": rename})
    assert answer.headers["Location"] == rename
    browser.post(rename, {"name": "Telefoon"})
    row.refresh_from_db()
    assert row.data["name"] == "Telefoon"
    assert browser.post(reverse("mfa_remove_webauthn", args=[row.pk])).status_code == 302
    assert not Authenticator.objects.exists()


def test_a_name_nobody_typed_is_that_of_the_browser(mila: User) -> None:
    browser = browser_of(mila, second_factor=False)
    add(browser, SoftPasskey(), name="")
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Een onbekende browser"


def test_the_codes_that_come_with_the_first_lead_on(mila: User) -> None:
    browser = browser_of(mila, second_factor=False)
    door = browser.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
    assert door == f"{reverse('mfa_activate_totp')}?next=%2Fbeheer%2F"
    asks = browser.get(door).context["passkey_options"]
    sent = {"credential": SoftPasskey().made(asks), "next": "/beheer/"}
    page = browser.post(reverse("mfa_add_webauthn"), sent, follow=True)
    assert page.redirect_chain == [(f"{reverse('mfa_view_recovery_codes')}?next=%2Fbeheer%2F", 302)]
    assert 'href="/beheer/"' in page.content.decode()
    assert "Ik heb ze bewaard, naar Vandaag" in words_of(page)
    assert browser.get("/beheer/").status_code == 200


def test_ten_are_enough(mila: User, passkey: SoftPasskey) -> None:
    row = Authenticator.objects.get(type="webauthn")
    Authenticator.objects.bulk_create(
        [Authenticator(user=mila, type="webauthn", data=row.data) for _ in range(MOST - 1)]
    )
    browser = Client()
    given = passkey.given(asked(browser))
    sign_in(browser, given)
    again = browser.get(reverse("mfa_add_webauthn")).headers["Location"]
    given = passkey.given(browser.get(again).context["passkey_options"])
    browser.post(reverse("mfa_reauthenticate"), {"credential": given})
    page = add(browser, SoftPasskey(), name="Elfde")
    assert f"Je hebt {MOST} passkeys." in words_of(page)
    assert 'value="Elfde"' in page.content.decode()
    assert Authenticator.objects.filter(type="webauthn").count() == MOST


@pytest.mark.parametrize(
    ("path", "name", "words"), [("/", "herstelcodes", "Elke code werkt"), ("/en/", "recovery-codes", "Each")]
)
def test_the_file_of_codes_says_what_they_are(mila: User, path: str, name: str, words: str) -> None:
    browser = browser_of(mila, second_factor=False)
    add(browser, SoftPasskey())
    with translation.override("en" if path == "/en/" else "nl"):
        answer = browser.get(reverse("mfa_download_recovery_codes"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.txt"'
    text = answer.content.decode()
    assert words in text
    assert MILA in text
    assert len(text.split("\n\n")[1].split()) == 10


def test_the_account_of_a_coach_leads_to_the_second_step_and_that_of_a_visitor_does_not(mila: User) -> None:
    address = f'href="{reverse("mfa_index")}"'
    assert address in browser_of(mila).get(reverse("accounts:account")).content.decode()
    visitor = browser_of(User.objects.create_user("lid@voorbeeld.nl"), second_factor=False)
    assert address not in visitor.get(reverse("accounts:account")).content.decode()


def test_the_button_of_a_passkey_stands_at_the_admins_door_only(db: None) -> None:
    assert "data-passkey" in Client().get("/inloggen/?next=/beheer/").content.decode()
    assert "data-passkey" not in Client().get("/inloggen/").content.decode()
