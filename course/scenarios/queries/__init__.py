"""Reading plays: where one stands, what was said and chosen, who has finished."""

from course.scenarios.queries.plays import (
    Beside,
    Play,
    Sentence,
    actions,
    beside,
    finished,
    play,
    sentences,
)

__all__ = ["Beside", "Play", "Sentence", "actions", "beside", "finished", "play", "sentences"]
