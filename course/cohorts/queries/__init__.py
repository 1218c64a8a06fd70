"""Reading cohorts: one file a question's subject."""
