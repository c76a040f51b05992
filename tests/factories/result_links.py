from __future__ import annotations

import factory

from assessments.result_links import showing
from assessments.result_links.models import ResultLink
from portal.common import times
from tests.factories.assessments import CompletedScanFactory, UserFactory


class ResultLinkFactory(factory.django.DjangoModelFactory[ResultLink]):
    """A link to two keys of somebody's result, for thirty days."""

    class Meta:
        model = ResultLink

    scan = factory.SubFactory(CompletedScanFactory, user=factory.SubFactory(UserFactory))
    keys = ["naming", "clear"]
    created_at = factory.LazyFunction(times.now)
    ends_at = factory.LazyFunction(lambda: showing.end_of(30))
