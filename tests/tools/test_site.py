"""The documentation is a site: every page is on it, and no link leads nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.places import ROOT


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    return subprocess.run(
        [*command, "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_site_has_every_document_and_what_they_link_to(tmp_path: Path) -> None:
    built = build(tmp_path)

    assert (built.returncode, built.stdout) == (0, "")
    for path in ("index.html", "CONTRIBUTING/index.html", "rules/index.html"):
        assert (tmp_path / path).is_file()
    rules = {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")}
    pages = {path.parent.name for path in tmp_path.glob("rules/*/index.html")}
    assert rules - {"README"} == pages
    assert (tmp_path / "asgi_raw" / "__init__.py").is_file()
