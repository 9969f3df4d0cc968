"""What the public, the council and a privacy officer can read of a model: its register entry, papers and pages."""
