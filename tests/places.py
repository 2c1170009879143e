"""Where the repository is, for tests that read its files."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The top of the checkout; the applications are imported from here."""
CODE = ROOT / "compare"
"""The directory from which the package is imported, in a checkout."""
