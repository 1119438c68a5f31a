"""Ingest: delivered files of one feed become accepted rows, quarantined rows and a load report, all Parquet in the lake."""
