"""Lists of orders that people keep under a name, for themselves and for one another."""
