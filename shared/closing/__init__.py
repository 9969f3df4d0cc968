"""Closes months: counts once what was published in each, for the monitoring, and keeps the counts."""
