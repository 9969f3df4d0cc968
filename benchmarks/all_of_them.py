"""Every benchmark, in the order of the page."""

NAMES = ("cold_start", "scoring", "bulk", "report_month", "publish")
