"""The admin's pages: organisations, people, the outbox."""
