"""The statements as a team reads them, of its leader. Pure."""

from __future__ import annotations

from dataclasses import replace

from assessments.instrument import Instrument


def as_team(instrument: Instrument, min_n: int) -> Instrument:
    """The same questionnaire in the words for members."""
    return replace(
        instrument,
        time_frame=instrument.team_time_frame,
        intro=instrument.team_intro.replace("{min_n}", str(min_n)),
        pages=tuple(tuple(replace(item, text=item.team_text) for item in page) for page in instrument.pages),
    )
