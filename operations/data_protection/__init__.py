"""What the desk stores of people: declared (`tables`, `stores`), shown on a page, forgotten by a command, and given to
whom it is about."""
