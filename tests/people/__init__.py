"""Tests of course.people."""
