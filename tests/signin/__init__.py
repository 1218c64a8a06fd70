"""Tests of course.signin."""
