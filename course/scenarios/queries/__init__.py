"""Reading plays: where one stands, what was said and chosen, who has finished."""

from course.scenarios.queries.plays import (
    ENDED,
    ENDED_OF_PERSON,
    Beside,
    Play,
    Sentence,
    actions,
    beside,
    finished,
    play,
    sentences,
)

__all__ = [
    "ENDED",
    "ENDED_OF_PERSON",
    "Beside",
    "Play",
    "Sentence",
    "actions",
    "beside",
    "finished",
    "play",
    "sentences",
]
