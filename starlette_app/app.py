"""The entry: Starlette tells the protocols apart, and finds the endpoint.

There is no variation without lifespan here, as there is in `asgi_raw`: Starlette always
answers the lifespan scope, whether it was given something to do in it or not.
"""

from starlette.applications import Starlette

from starlette_app.lifespan import lifespan, refuse_to_start
from starlette_app.middleware import middleware
from starlette_app.routes import routes

application = Starlette(routes=routes, middleware=middleware, lifespan=lifespan)

# A variation of it, to see what a server does with it.
startup_fails = Starlette(
    routes=routes, middleware=middleware, lifespan=refuse_to_start
)
