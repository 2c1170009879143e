"""What is put around the routes: nothing of ours.

Starlette puts two middlewares there by itself. The outermost, `ServerErrorMiddleware`,
answers 500 if an exception gets that far and the response has not begun, and raises the
exception again for the server's log. The innermost, `ExceptionMiddleware`, makes a
response of each `HTTPException`. What we would add here would stand between the two.

HEAD needs none: a route for GET takes HEAD too, makes the whole response, and leaves it
to the server to cut the body off.
"""

from starlette.middleware import Middleware

middleware: list[Middleware] = []
