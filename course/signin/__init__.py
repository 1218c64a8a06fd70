"""The ways in: password, one-use link, the code of a room."""
