"""Messages owed to the outside and notes to ourselves, kept in the same transaction as the fact. No sending here."""
