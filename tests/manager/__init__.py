"""Tests of the training manager's pages."""
