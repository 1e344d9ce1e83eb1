"""Documents in, questions with answers out."""
