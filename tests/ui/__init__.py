"""The page of `spread ui`, in a real browser."""
