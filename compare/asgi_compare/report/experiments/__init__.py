"""The notebook of experiments in words and pictures: the answer first, then the table
with its spread, then the conditions, the machine, and the command."""
