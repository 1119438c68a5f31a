"""What is fast, measured against its floor and its peers in the same run: `make bench`."""
