"""The proof that money moves once: the engine interrupted at every step, raced, and driven at random,
and then counted. `make harness`."""
