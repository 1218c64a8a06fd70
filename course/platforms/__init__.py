"""What is known of LMS platforms: who they are, whom they send, what they place, and what they are told."""
