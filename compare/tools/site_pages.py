"""A hook of MkDocs: what the site shows that does not stand in `docs/`.

The repository is read on a code host as well, where the README is at the root, and
links to `docs/` and to source files. On the site the documents of the root stand beside
those of `docs/`, and a source file that some page links to is a file of the site. So
each link holds in both places, and MkDocs can check them all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|[#/])([^)\s#]+)")
"""The path of a link to another file."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the documents of the root, and all files that a document links to."""
    for document in sorted(ROOT.glob("*.md")):
        files.append(added(config, site_place(document.name), document))
    for page in list(files.documentation_pages()):
        for path in linked(page):
            if files.get_file_from_path(path) is None and (ROOT / path).is_file():
                files.append(added(config, path, ROOT / path))
    return files


def on_page_markdown(
    markdown: str, *, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Let each link name its file by the place that it has on the site."""
    folder = posixpath.dirname(page.file.src_uri)

    def moved(link: re.Match[str]) -> str:
        return posixpath.relpath(target(page.file, link[1]), folder or ".")

    return LINK.sub(moved, markdown)


def added(config: MkDocsConfig, uri: str, path: Path) -> File:
    """Make a file of the site from one of the repository."""
    return File.generated(config, uri, abs_src_path=str(path))


def site_place(path: str) -> str:
    """Return the place on the site of a file, by its path from the root."""
    return "index.md" if path == "README.md" else path.removeprefix("docs/")


def target(page: File, link: str) -> str:
    """Return the place on the site of what a page links to."""
    folder = Path(page.abs_src_path or "").relative_to(ROOT).parent.as_posix()
    return site_place(posixpath.normpath(posixpath.join(folder, link)))


def linked(page: File) -> Iterator[str]:
    """Yield the places on the site of all that a page links to."""
    for link in LINK.finditer(page.content_string):
        yield target(page, link[1])
