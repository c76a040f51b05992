from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory

from assessments import scoring, services
from assessments.models import Instrument, Scan
from portal.accounts.models import User
from portal.common import times
from tests.assessments import demo


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"sanne{n}@voorbeeld.nl")
    name = "Sanne Vermeer"
    proven_at = factory.LazyFunction(times.now)


class InstrumentFactory(factory.django.DjangoModelFactory[Instrument]):
    """The newest shipped version, published, or another as `version`; one row however often it is asked for.

    A version that is not shipped has the content of the newest.
    """

    class Meta:
        model = Instrument

    @classmethod
    def _create(cls, model_class: type[Instrument], *args: Any, **kwargs: Any) -> Instrument:
        shipped = demo.content(kwargs["version"]) if kwargs.get("version") in demo.FILES else demo.content()
        content = shipped | {"meta": shipped["meta"] | kwargs}
        return services.publish_instrument(content)[0]


class ScanFactory(factory.django.DjangoModelFactory[Scan]):
    """An anonymous scan without answers; with `user` it is attached at once."""

    class Meta:
        model = Scan

    instrument = factory.SubFactory(InstrumentFactory)
    started_at = factory.LazyFunction(times.now)
    attached_at = factory.LazyAttribute(lambda scan: scan.started_at if scan.user else None)
    user = None


class CompletedScanFactory(ScanFactory):
    """A completed scan. `sums`: reversed sums per key, as in tests/assessments/demo.py; `days_ago`: age."""

    class Params:
        sums = demo.NOW
        days_ago = 0

    status = Scan.Status.COMPLETED
    started_at = factory.LazyAttribute(lambda scan: scan.completed_at - timedelta(minutes=7))
    completed_at = factory.LazyAttribute(lambda scan: times.now() - timedelta(days=scan.days_ago))
    answers = factory.LazyAttribute(lambda scan: demo.answers(scan.sums))
    scores = factory.LazyAttribute(lambda scan: frozen(scan.answers))
    overall = factory.LazyAttribute(lambda scan: scoring.score(demo.instrument(), scan.answers).overall)


def frozen(answers: dict[str, int | None]) -> list[dict[str, Any]]:
    """Scores as a completed scan keeps them."""
    keys = scoring.score(demo.instrument(), answers).keys
    return [{"slug": key.slug, "score": key.score, "answered": key.answered} for key in keys]
