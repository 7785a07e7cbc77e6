"""Pictures of the page and of a terminal, and what takes them."""
