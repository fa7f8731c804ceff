"""What takes longer than a request: with progress, an end, and no harm from being killed."""
