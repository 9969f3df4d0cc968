"""Trains the city's model: cuts before fitting, argued directions, a split in time, and what it measured."""
