"""The protocol, pure: what a message says, and what one of ours says."""
