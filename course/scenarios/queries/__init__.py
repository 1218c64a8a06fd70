"""Reading plays: where one stands, what was chosen, who has finished."""

from course.scenarios.queries.plays import Play, Progress, actions, finished, play, progress

__all__ = ["Play", "Progress", "actions", "finished", "play", "progress"]
