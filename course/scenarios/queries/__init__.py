"""Reading plays: where one stands, what was said and chosen, who has finished."""

from course.scenarios.queries.plays import (
    Beside,
    Play,
    Progress,
    Sentence,
    actions,
    beside,
    finished,
    play,
    progress,
    sentences,
)

__all__ = ["Beside", "Play", "Progress", "Sentence", "actions", "beside", "finished", "play", "progress", "sentences"]
