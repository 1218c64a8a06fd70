"""The door to LMS platforms: launches, registration, deep linking, grades out, rosters in."""
