"""What arrives after the judging, for the monitoring alone: outcomes of applications, and groups of applicants."""
