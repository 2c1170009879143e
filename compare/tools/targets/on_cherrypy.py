"""The endpoints of the table, in CherryPy."""

from collections.abc import Iterator

import cherrypy
from cherrypy.lib.static import serve_file


class Root:
    @cherrypy.expose
    def index(self) -> str:
        return "Hello"

    @cherrypy.expose
    def echo(self) -> bytes:
        return cherrypy.request.body.read()

    @cherrypy.expose
    @cherrypy.config(**{"response.stream": True})
    def stream(self) -> Iterator[str]:
        yield from ("one", "two", "three")

    @cherrypy.expose
    def nothing(self) -> None:
        cherrypy.response.status = 204

    @cherrypy.expose
    def file(self) -> Iterator[bytes]:
        return serve_file(__file__, content_type="text/plain")

    @cherrypy.expose
    def error(self) -> None:
        raise ValueError("on purpose")


cherrypy.config.update({"environment": "embedded", "log.screen": False})
# With None as its `script_name`, the application is where the environ says.
application = cherrypy.Application(Root(), script_name=None)
