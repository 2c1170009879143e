"""The pages of the systems: files that every implementation serves itself.

Each is one file, with its style and its script in it; nothing comes from elsewhere.
"""

from pathlib import Path

CHAT = Path(__file__).with_name("chat.html")
DASHBOARD = Path(__file__).with_name("dashboard.html")
EDITOR = Path(__file__).with_name("editor.html")
GATEWAY = Path(__file__).with_name("gateway.html")
NOTICES = Path(__file__).with_name("notices.html")

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors http://127.0.0.1:* http://localhost:*",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What a page is sent with. A page of this machine may frame it: the bench does."""
