"""Looking back: a learner on their own play, a facilitator on that of the room."""

from course.debrief.queries.plays import PlayDebrief, handed_in, play_debrief

__all__ = ["PlayDebrief", "handed_in", "play_debrief"]
