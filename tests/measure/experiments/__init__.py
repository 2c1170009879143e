"""The notebook: experiments, their runner, and what they measure with."""
