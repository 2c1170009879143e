"""What a transcript is worth: rules, probes, comparison."""
