"""Makes model packages from EBMs that interpret exported: privacy guard, golden cases, card, manifest."""
