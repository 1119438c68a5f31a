"""The kernel that every stage stands on: settings, errors, the lake, the warehouse connection, the command line."""
