"""All SQL of the gates: what is measured of delivered rows, of the customers and of the scores.

A gate measures with DuckDB, which streams Parquet, and Great Expectations judges the measures: one row per delivered
file, however many files and rows there are. So memory does not grow with a delivery, a bad file is told from its good
neighbours, and no name, e-mail or phone ever enters a validation result.
"""
