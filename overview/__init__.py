"""The board: what is wrong right now, and how the day goes."""
