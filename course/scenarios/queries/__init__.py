"""Reading plays: where one stands, what was said and chosen, who has finished."""

from course.scenarios.queries.plays import (
    ENDED,
    Beside,
    Play,
    Sentence,
    actions,
    beside,
    finished,
    play,
    sentences,
)

__all__ = ["ENDED", "Beside", "Play", "Sentence", "actions", "beside", "finished", "play", "sentences"]
