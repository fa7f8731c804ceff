"""What the order's page shows, worked out from the API's values: pure functions and frozen values,
so that templates decide nothing."""
