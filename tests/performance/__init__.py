"""Every benchmark runs on a small size; nothing here looks at how long anything took."""
