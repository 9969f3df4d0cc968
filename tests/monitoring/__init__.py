"""What the monitoring counts, shows and finds."""
