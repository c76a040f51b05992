"""The mails that follow a scan, as they come with the portal: after that they are the coach's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.leads.sequences.defaults import Shipped, ShippedStep
from portal.leads.sequences.registry import Event

SCAN_COMPLETED = "scan.completed"
EVENTS = (Event(SCAN_COMPLETED, _("somebody finishes the scan"), stops=False),)

KEPT = "result-kept"  # a service mail with a paragraph of the coach
PARAGRAPHS = {KEPT: _("The mail when somebody keeps a result")}

WEAKEST_KEY = ShippedStep(
    days=2,
    subject={"nl": "Een tip voor deze week: {sleutel}", "en": "A tip for this week: {key}"},
    body={
        "nl": """
Een paar dagen geleden deed je de zelfscan. {aanleiding} Probeer deze week dit:

> {actie}

Meer hoeft niet. Eén keer echt doen zegt meer dan tien goede voornemens.

Je uitslag: {uitslag}
""",
        "en": """
A few days ago you did the self-scan. {opening} Here is something to try this week:

> {action}

That is all. Doing it once says more than ten good intentions.

Your result: {result}
""",
    },
)
MIRROR = ShippedStep(
    days=5,
    subject={"nl": "Wat je team over jou zou zeggen", "en": "What your team might say of you"},
    body={
        "nl": """
Bij {sleutel} horen twee zinnen. De eerste denk je als leider over je team:

> {spiegel_jij}

De tweede denkt je team over jou:

> {spiegel_team}

Vaak zijn ze allebei waar. Daarom één vraag, om een dag met je mee te dragen:

> {spiegelvraag}

Schiet je iets te binnen? Antwoord dan gewoon op deze mail. Ik lees het zelf.
""",
        "en": """
Two sentences belong to {key}. The first is what you, as a leader, think of your team:

> {mirror_you}

The second is what your team thinks of you:

> {mirror_team}

Often both are true at the same time. So here is one question, to carry with you for a day:

> {mirror_question}

Does something come to mind? Just reply to this mail. I read it myself.
""",
    },
)
INVITATION = ShippedStep(
    days=9,
    subject={"nl": "Samen kijken naar je team?", "en": "Shall we look at your team together?"},
    body={
        "nl": """
Je weet nu wat er bij jou draagt en wat nog niet. Er iets aan veranderen is lastiger, zeker in je eentje.

Daar is de impactcall voor: een gesprek met mij over {sleutel}, en over wat je de komende weken anders kunt doen. Het
kost je niets en ik verkoop je niets. Je gaat weg met één afspraak met jezelf.

Kies een moment dat jou past: {boeklink}

Komt het nu niet uit? Dan hoef je niets te doen.
""",
        "en": """
You now know what carries and what does not yet. Changing it is harder, above all on your own.

That is what the impact call is for: a conversation with me about {key}, and about what you can do differently in the
coming weeks. It costs you nothing and I sell you nothing. You leave with one promise to yourself.

Choose a time that suits you: {booking_link}

Not now? Then there is nothing you need to do.
""",
    },
)
AGAIN = ShippedStep(
    days=60,
    goes_on=True,
    subject={"nl": "Twee maanden verder: wat is er veranderd?", "en": "Two months on: what has changed?"},
    body={
        "nl": """
Twee maanden geleden deed je de zelfscan. {aanleiding}

Dat is lang genoeg om verschil te kunnen zien. Doe de scan nog een keer en je ziet per sleutel of er echt iets
veranderd is, of dat het toeval kan zijn. Het kost je zeven minuten.

{afspraak}

Opnieuw meten: {scanlink}

Dit is de laatste mail na deze scan.
""",
        "en": """
Two months ago you did the self-scan. {opening}

That is long enough for a difference to show. Do the scan again and see, key by key, whether something really changed or
whether it may be chance. It takes seven minutes.

{agreement}

Measure again: {scan_link}

This is the last mail after this scan.
""",
    },
)
AFTER_A_SCAN = Shipped(
    slug="after-a-scan",
    name=_("After a scan"),
    starts_on=SCAN_COMPLETED,
    stops_on=("call.booked",),
    steps=(WEAKEST_KEY, MIRROR, INVITATION, AGAIN),
)
