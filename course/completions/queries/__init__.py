"""Reading results, certificates, and the facts that results are made of."""
