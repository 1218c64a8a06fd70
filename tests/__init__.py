"""Tests of Oneday: one folder per room, mirroring course/."""
