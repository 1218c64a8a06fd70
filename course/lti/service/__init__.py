"""What is asked of a platform and what is made of its messages: keys, tokens, logins, grades, rosters."""
