"""The chapters of the contract, in the order in which they teach."""
