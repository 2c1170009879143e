"""Each behaviour on each implementation, with and without its layer."""
