"""The invented population: form, structure, published figures, outcomes."""
