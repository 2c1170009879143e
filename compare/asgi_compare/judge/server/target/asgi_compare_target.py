"""What `{dotted}` names: the application, for servers that want a module without dots.

This folder is on the path of a server only if its command line has `{dotted}` in it.
"""

from asgi_compare.drive.servers.entry import application as application
