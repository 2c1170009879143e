"""What a layer gives and what it costs: behaviours, counts, times."""
