"""The SQL of ingest, compiled from contracts and mappings. Nothing else in this package builds a query."""
