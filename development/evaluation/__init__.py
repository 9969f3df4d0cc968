"""Judges models on people who were kept apart from training, before anyone proposes one."""
