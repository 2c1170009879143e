"""The probes, one file a protocol; `all_probes.py` puts them in order."""
