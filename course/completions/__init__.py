"""The result of a module's rule with its reasons, and the certificate."""
