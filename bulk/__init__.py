"""Bulk re-scoring on Apache Spark: many deliveries at once, by the same stages as a night. Never deployed with the app.

    deliveries in the mailbox of a storage of their own
      -> a task per delivery: check, select, pseudonymise, split into parts       bulk/worker.py, bulk/parts.py
      -> a task per part, wherever there is room: features, score, explain         bulk/worker.py
      -> uitvoer/{dataset}/bulk/{opdracht}/{levering}/deel-00000.parquet and a record of the whole: manifest.json

Only `bulk/cluster.py` knows Spark; what is done to a row is done by `shared/pipeline.py`. See docs/bulk.md.
"""
