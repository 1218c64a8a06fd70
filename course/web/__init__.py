"""What every desk shares: the transaction, the session, access, forms, errors, texts."""
