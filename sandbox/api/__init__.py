"""The Order Management API v0, 34 operations, and the log of notification events."""
