"""Pictures of the page, and what takes them."""
