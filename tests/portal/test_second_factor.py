"""Tries of the second factor: few for one sign-in, few for one person, and never several at once (T23)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import factor, limits
from portal.accounts.models import User
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.portal.test_door import ask, code_for, give, signed_in

FACTOR = "/inloggen/tweede-stap/"
MILA = "mila@voorbeeld.nl"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def mila(db: None, clock: Any) -> User:
    """Somebody of the practice, with an app."""
    user = User.objects.create_user(MILA, is_staff=True, proven_at=timezone.now())
    totp.TOTP.activate(user, SECRET)
    return user


def app_code(secret: str = SECRET) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def at_second_step(address: str = "127.0.0.1") -> Client:
    """A browser in which the mailed code was right."""
    browser = Client(REMOTE_ADDR=address)
    assert ask(browser, MILA).status_code == 302
    assert give(browser, code_for(MILA)).headers["Location"] == reverse("mfa_authenticate")
    return browser


def typed(browser: Client, code: str, name: str = "mfa_authenticate") -> HttpResponse:
    return browser.post(reverse(name), {"code": code})


def wrong_tries(number: int) -> None:
    """So many wrong codes by whoever reads this mailbox, from everywhere."""
    User.objects.update(language="nl")
    for done in range(number):
        if done % 4 == 0:
            limits.RateCounter.objects.filter(key__startswith="code.").delete()
            browser = at_second_step(f"198.51.100.{done + 1}")
        typed(browser, "000000")


def test_the_fifth_wrong_code_starts_the_sign_in_over(mila: User) -> None:
    browser = at_second_step()
    for _ in range(4):
        page = typed(browser, "000000")
        assert page.status_code == 200
        assert "Wacht op de volgende" in page.content.decode()
    page = browser.post(reverse("mfa_authenticate"), {"code": "000000"}, follow=True)
    assert page.redirect_chain == [("/inloggen/", 302)]
    assert "begint opnieuw" in page.content.decode()
    typed(browser, app_code())
    assert not signed_in(browser)


def test_one_sign_in_has_five_tries_from_however_many_addresses(mila: User) -> None:
    browser = at_second_step()
    evaluated = 0
    for number in range(150):
        browser.defaults["REMOTE_ADDR"] = f"2001:db8:{number:x}::1"
        response = typed(browser, "000000")
        evaluated += "Wacht op de volgende" in response.content.decode()
    assert evaluated == 4  # the fifth ends it
    typed(browser, app_code())
    assert not signed_in(browser)


def test_a_right_code_signs_in_and_costs_nothing(mila: User, clock: Any) -> None:
    for number in range(factor.PER_DAY + 2):
        limits.RateCounter.objects.filter(key__startswith="code.").delete()
        browser = at_second_step(f"198.51.100.{number + 1}")
        assert typed(browser, app_code()).status_code == 302
        assert signed_in(browser)
        clock.shift(timedelta(minutes=1))


def close_the_second_step(clock: Any) -> None:
    """Thirty wrong codes in an hour, by whoever reads this mailbox."""
    for number in (4, 4, 4, 4, 4, 4, 4, 2):
        wrong_tries(number)
        clock.shift(timedelta(minutes=6))  # past the limit that allauth has beside ours
    limits.RateCounter.objects.filter(key__startswith="code.").delete()


def test_thirty_wrong_codes_a_day_close_the_second_step_and_say_for_how_long(mila: User, clock: Any) -> None:
    close_the_second_step(clock)
    browser = at_second_step("198.51.100.99")
    page = words_of(typed(browser, app_code()))
    assert "Nog 24 uur werkt hier geen enkele code: de goede niet en ook geen herstelcode." in page
    assert "verander eerst het wachtwoord van je mailbox" in page
    assert "collega" not in page  # there is none who could help
    assert not signed_in(browser)
    clock.shift(timedelta(hours=24))
    limits.RateCounter.objects.filter(key__startswith="code.").delete()
    browser = at_second_step("198.51.100.99")
    typed(browser, app_code())
    assert signed_in(browser)


def test_no_recovery_code_and_no_new_code_by_mail_opens_a_closed_second_step(mila: User, clock: Any) -> None:
    codes = RecoveryCodes.activate(mila).get_unused_codes()
    close_the_second_step(clock)
    browser = at_second_step("198.51.100.99")
    page = typed(browser, codes[0])
    assert "geen herstelcode" in words_of(page)
    browser.post(reverse("account_logout"))
    ask(browser, MILA)
    assert give(browser, code_for(MILA)).headers["Location"] == reverse("mfa_authenticate")
    typed(browser, codes[0])
    assert not signed_in(browser)
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes


@pytest.mark.usefixtures("page_context")
def test_a_colleague_who_may_do_everything_is_the_way_that_does_not_wait(mila: User, clock: Any) -> None:
    """As the page says: the colleague forgets the second step, and a new one is set up and keeps working."""
    boss = browser_of(User.objects.create_superuser("beheer@voorbeeld.nl"))
    close_the_second_step(clock)
    page = words_of(typed(at_second_step("198.51.100.99"), app_code()))
    assert "Een collega die alles mag, kan in het beheer bij Mensen ‘Vergeet de tweede stap’ voor je" in page
    people = reverse("admin:accounts_user_changelist")
    assert "Vergeet de tweede stap" in boss.get(people).content.decode()
    boss.post(people, {"action": "forget_second_factor", "_selected_action": [mila.pk]})
    browser = Client(REMOTE_ADDR="198.51.100.98")
    ask(browser, MILA)
    give(browser, code_for(MILA))
    new = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    assert browser.post(reverse("mfa_activate_totp"), {"code": app_code(new)}).status_code == 302
    assert browser.get(reverse("admin:index")).status_code == 200
    browser.post(reverse("account_logout"))
    clock.shift(timedelta(minutes=1))
    browser = at_second_step("198.51.100.98")
    typed(browser, app_code(new))
    assert signed_in(browser)


def test_the_limit_that_allauth_has_beside_ours_speaks_of_no_mailed_code(mila: User) -> None:
    wrong_tries(10)
    limits.RateCounter.objects.filter(key__startswith="code.").delete()
    page = typed(at_second_step("198.51.100.99"), app_code()).content.decode()
    assert "Over vijf minuten kun je het opnieuw proberen." in page
    assert "Vraag een nieuwe aan" not in page


@pytest.mark.parametrize(("language", "subject"), [("nl", "Verkeerde codes"), ("en", "Wrong codes")])
def test_ten_wrong_codes_in_a_day_are_told_to_the_person_once(
    mila: User, language: str, subject: str, clock: Any
) -> None:
    wrong_tries(9)
    assert not OutboundEmail.objects.filter(message="accounts/factor_tries").exists()
    User.objects.update(language=language)
    clock.shift(timedelta(minutes=6))
    for _ in range(3):
        limits.RateCounter.objects.filter(key__startswith="code.").delete()
        typed(at_second_step(), "000000")
    mail = OutboundEmail.objects.get(message="accounts/factor_tries")
    assert (mail.to_email, mail.kind, mail.language) == (MILA, "service", language)
    assert mail.subject.startswith(subject)
    for text in (mail.text, mail.html):
        assert "10" in text
        assert "020 123 45 67" in text
        assert f"{factor.PER_DAY} " in text
        assert ("24 uur" if language == "nl" else "24 hours") in text
        assert settings.SITE_URL + ("/account/" if language == "nl" else "/en/account/") in text


def test_asked_again_the_fifth_wrong_code_signs_out(mila: User) -> None:
    browser = browser_of(mila, second_factor=False)
    for _ in range(4):
        assert typed(browser, "000000", "mfa_reauthenticate").status_code == 200
    assert typed(browser, "000000", "mfa_reauthenticate").headers["Location"] == "/inloggen/"
    assert not signed_in(browser)


def test_asked_again_the_right_code_opens_the_admin(mila: User) -> None:
    browser = browser_of(mila, second_factor=False)
    typed(browser, "000000", "mfa_reauthenticate")
    assert typed(browser, app_code(), "mfa_reauthenticate").status_code == 302
    assert browser.get(reverse("admin:index")).status_code == 200


def test_two_codes_in_one_text_cost_no_try_and_speak_of_the_app(mila: User) -> None:
    browser = at_second_step()
    for _ in range(6):
        page = typed(browser, "123456 of 123457")
        assert "Typ de code die nu in je app staat." in page.content.decode()
    typed(browser, app_code())
    assert signed_in(browser)


def test_a_recovery_code_is_counted_as_any_other(mila: User) -> None:
    browser = at_second_step()
    answers = [typed(browser, "12345678").status_code for _ in range(6)]
    assert answers == [200] * 4 + [302] * 2
    assert Authenticator.objects.filter(user=mila).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_tries_at_once_from_several_sign_ins_are_counted_one_by_one(mila: User) -> None:
    """Thirty a day are left to eight: whoever is first."""
    for _ in range(factor.PER_DAY - 3):
        limits.take("factor.person", str(mila.pk), limit=factor.PER_DAY, period=factor.DAY)
    browsers = []
    for number in range(8):
        limits.RateCounter.objects.filter(key__startswith="code.").delete()
        browsers.append(at_second_step(f"198.51.100.{number + 1}"))

    def one(browser: Client) -> str:
        try:
            return typed(browser, "000000").content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(one, browsers))
    assert sum("Wacht op de volgende" in page for page in pages) == 3
    assert sum("werkt hier geen enkele code" in page for page in pages) == 5
