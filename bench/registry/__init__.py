"""What the registry's answers cost with many patients, on SQLite and on PostgreSQL, as ratios within one run."""
