"""One specification per row of the eligibility table."""
