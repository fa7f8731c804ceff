"""Looking through the channels: what nobody reads by chance, and what changed elsewhere.

`plan` says what is to be looked through and when, `pages` how a sweep goes on, `steps` does the most important next
thing, `worker` does so for ever. Each step is one call, within a budget of the channel's, and keeps how far it came.
"""
