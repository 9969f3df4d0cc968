"""What is measured of the model in use; only numbers about groups leave it, and none below ten."""
