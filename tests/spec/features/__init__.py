"""One specification per feature; the module docstring opens the public page of that feature."""
