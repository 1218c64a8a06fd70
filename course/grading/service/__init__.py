"""The verbs of grading: enter a submission, write its grade, send a group's feedback, take it back."""

from course.grading.service.entering import Entered, enter, mark_read
from course.grading.service.releasing import ReleaseResult, recall_release, release_run
from course.grading.service.writing import Kind, WriteResult, open_name, set_ready, write

__all__ = [
    "Entered",
    "Kind",
    "ReleaseResult",
    "WriteResult",
    "enter",
    "mark_read",
    "open_name",
    "recall_release",
    "release_run",
    "set_ready",
    "write",
]
