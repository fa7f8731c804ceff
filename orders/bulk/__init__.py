"""Doing one thing with many orders: chosen, looked at beforehand, confirmed once, done one after the other."""
