"""Reading a code, whatever a mail program, a phone or a hand makes of it."""

from __future__ import annotations

import pytest
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.common.codes import LETTERS, LONGEST, SeveralCodesError, read_code
from tests.bookings.admin.conftest import browser_of
from tests.portal.test_account import delete_code
from tests.portal.test_account import member as member
from tests.portal.test_door import ask, code_for, give, signed_in

WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    "text",
    [
        "BCDF-GHJK", "bcdf-ghjk", " bcdf ghjk ", "BCDFGHJK", "B C D F G H J K", "BCD-FGH-JK", "BCDF  -  GHJK",
        "BCDF\N{EN DASH}GHJK", "BCDF\N{EM DASH}GHJK", "BCDF\N{NON-BREAKING HYPHEN}GHJK",
        "BCDF\N{MINUS SIGN}GHJK", "BCDF\N{FIGURE DASH}GHJK", "BCDF\N{SMALL HYPHEN-MINUS}GHJK", "BCDF_GHJK",
        "BCDF\N{SOFT HYPHEN}GHJK",
        "\N{ZERO WIDTH SPACE}BCDF-\N{WORD JOINER}GHJK\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{NO-BREAK SPACE}BCDF\N{NARROW NO-BREAK SPACE}GHJK", "BCDF\tGHJK\r\n", "BCDF-GHJK".translate(WIDE),
        "bcdf-ghjk".translate(WIDE), "„BCDF-GHJK”", '"BCDF-GHJK"', "'BCDF-GHJK',", "<BCDF-GHJK>",
        "*BCDF-GHJK*",
        "BCDF-GHJK is je code voor Draagkracht", "Re: bcdf-ghjk is your code for Draagkracht",
        "BCDF\N{EN DASH}GHJK is je code voor Praktijk 1234-5678 BV", "Code: BCDF GHJK.",
        "BCDF-GHJK is je code voor Sterk BV, BCDF-GHJK", "BCDF-GHJK, is the code of CRWD TRST 2026",
        "BCDF-GHJK is de code om je account bij Draagkracht te wissen",
    ],
)  # fmt: skip
def test_a_mailed_code_is_read(text: str) -> None:
    assert read_code(text) == "BCDFGHJK"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("123456", "123456"), ("123 456", "123456"), ("123-456", "123456"), ("12 34 56", "123456"),
        ("123456".translate(WIDE), "123456"), ("123\N{NO-BREAK SPACE}456", "123456"), ("١٢٣٤٥٦", "123456"),
        ("12345678", "12345678"), ("1234 5678", "12345678"), ("1234-5678", "12345678"),
        ("Code: 123 456", "123456"), ("123 456 is your code", "123456"), ("123456789", "123456789"),
    ],
)  # fmt: skip
def test_a_code_of_an_app_and_a_recovery_code_are_read(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize("text", ["", "   ", "-", "BCDF", "je code", "BCDF-GHJKL", "WRNG-WRN", "x" * 10_000])
def test_what_is_no_code_stays_what_it_is(text: str) -> None:
    assert read_code(text) == "".join(sign for sign in text.upper() if sign.isalnum())[:LONGEST]


@pytest.mark.parametrize("text", ["BCDF-GHJK of BCDF-GHJL", "123456 of 123457"])
def test_two_codes_are_not_guessed_between(text: str) -> None:
    with pytest.raises(SeveralCodesError):
        read_code(text)


CODES = st.builds(generate_user_code)
DASHES = st.sampled_from(
    ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", " ", "\u00a0", "", " - "]
)
AROUND = st.sampled_from(["", " ", "\u200b", '"', "„", " is je code voor Draagkracht", ". ", "\ufeff", ", "])


@given(CODES, DASHES, AROUND, AROUND, st.booleans(), st.booleans())
def test_every_code_is_read_from_what_may_stand_in_and_around_it(
    code: str, dash: str, before: str, after: str, is_lower: bool, is_wide: bool
) -> None:
    typed = code.lower() if is_lower else code
    typed = typed.translate(WIDE) if is_wide else typed
    typed = typed.replace("-", dash).replace("\uff0d", dash)
    before = before if not before[-1:].isalnum() else before + " "
    assert set(code) - {"-"} <= set(LETTERS)
    assert read_code(before + typed + after) == code.replace("-", "")


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error_of_ours(text: str) -> None:
    try:
        assert read_code(text).isalnum() or read_code(text) == ""
    except SeveralCodesError:
        assert len(text) > 12


# ---- where codes are typed --------------------------------------------------------------------------
PASTED = "{} is je code voor Draagkracht"


@pytest.mark.django_db
def test_the_pasted_subject_line_signs_in_and_a_second_click_ends_on_the_same_page(visitor: Client) -> None:
    ask(visitor)
    pasted = PASTED.format(code_for().replace("-", "\N{EN DASH}"))
    key = visitor.cookies["sessionid"].value
    assert give(visitor, pasted).headers["Location"] == "/account/"
    assert signed_in(visitor)
    visitor.cookies["sessionid"] = key
    assert give(visitor, pasted).headers["Location"] == "/account/"


@pytest.mark.django_db
def test_two_codes_in_one_text_cost_no_try_and_are_answered_kindly(visitor: Client) -> None:
    ask(visitor)
    for _ in range(5):
        page = give(visitor, f"{code_for()} WRNG-WRNG")
        assert page.status_code == 200
        assert "meer dan één code" in page.content.decode()
    give(visitor, code_for())
    assert signed_in(visitor)


@pytest.mark.django_db
def test_the_pasted_subject_line_deletes_the_account(member: Client) -> None:
    member.post("/account/wissen/")
    sent = {"code": f"{delete_code().replace('-', chr(0x2011))} is de code om je account te wissen"}
    assert member.post("/account/wissen/code/", sent).status_code == 302
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_confirm_login_code", "accounts:delete_confirm"])
def test_no_field_cuts_what_is_pasted(visitor: Client, name: str) -> None:
    ask(visitor)
    if name == "accounts:delete_confirm":
        give(visitor, code_for())
        visitor.post(reverse("accounts:delete"))
    assert f'maxlength="{LONGEST}"' in visitor.get(reverse(name)).content.decode()


@pytest.mark.usefixtures("page_context")
@pytest.mark.django_db
def test_a_code_of_an_app_may_come_in_two_groups_of_any_width(visitor: Client) -> None:
    user = User.objects.create_user("sanne@voorbeeld.nl")
    visitor.cookies = browser_of(user, second_factor=False).cookies
    page = visitor.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    sent = {"code": f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}".translate(WIDE)}
    assert visitor.post(reverse("mfa_activate_totp"), sent).status_code == 302
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
