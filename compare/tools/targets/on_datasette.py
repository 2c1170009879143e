"""Datasette as it comes, with one empty database in memory."""

from datasette.app import Datasette

application = Datasette([], memory=True).app()
