"""Who may call: trusted clients, their tokens and keys, and that each token is used once."""
