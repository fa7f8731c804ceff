"""The payment provider behind the sandbox's adapters: it moves states, logs transactions, and has
bad days on request."""
