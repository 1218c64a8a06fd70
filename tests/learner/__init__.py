"""The learner's desk."""
