"""Every kind of mail has a name that a coach understands, in both languages."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation

from portal.mail import names, render
from tests.factories.mail import OutboundEmailFactory

EMAILS = settings.BASE_DIR / "templates" / "emails"
FOLDERS = {str(path.parent.relative_to(EMAILS)) for path in EMAILS.rglob("subject.txt")}


def test_every_mail_there_is_has_a_name_and_every_name_a_mail() -> None:
    missing, gone = sorted(FOLDERS - names.known()), sorted(names.known() - FOLDERS - {names.OF_OTHERS})
    assert not missing, f"{missing}: register a name in AppConfig.ready() (portal/mail/names.py)."
    assert not gone, f"{gone}: there is no such folder under templates/emails any more."
    assert set(render._renderers) <= FOLDERS


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("message", sorted(FOLDERS))
def test_no_name_is_a_word_of_the_code(message: str, language: str) -> None:
    with translation.override(language):
        name = names.name_of(message)
        said = names.title(OutboundEmailFactory.build(message=message, to_name="Sanne Vermeer"))
        assert said == f"{name.words} {'aan' if language == 'nl' else 'to'} Sanne Vermeer"
        assert not {"/", "_", "{"} & set(f"{said}{name.if_stopped}")


@pytest.mark.parametrize("message", sorted(FOLDERS))
def test_what_it_means_to_stop_one_is_said_of_each_that_can_be_stopped(message: str) -> None:
    name = names.name_of(message)
    never_waits = {
        "bookings/coach_erased",
        "assessments/day2_tip",
    }  # gone when it left; none is planned any more
    assert name.is_code or name.if_stopped or message in never_waits


def test_mail_of_a_package_is_a_code_until_somebody_knows_better() -> None:
    assert names.name_of(names.OF_OTHERS).is_code
    assert not names.name_of("nobody/knows").is_code
