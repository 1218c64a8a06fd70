"""Oneday: one-day soft-skill modules for technical people."""

__version__ = "0.1.0"
