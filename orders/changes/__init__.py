"""Changing an order. A change is a form: what it shows of the order, what it asks, and the one operation that it sends.

`form` holds the base of all of them, `flow` what happens between a click and an answer (conflicts, the log, errors),
`seen` how a form remembers what the person saw, `lease` how two people of this desk wait for each other.
"""
