"""The same paths, with async views where there are some: for requests over ASGI.

`asgi.py` names this module in its requests. Everything else is as in `urls.py`.
"""

from django.urls import path

from django_app import urls
from django_app.views import accounts_async

urlpatterns = [
    path("accounts/open", accounts_async.aopen_account),
    path("accounts/balance", accounts_async.abalance),
    path("accounts/transfer", accounts_async.atransfer),
    path("accounts/statement", accounts_async.astatement),
    path("accounts/report", accounts_async.areport),
    path("accounts/slow-query", accounts_async.aslow_query),
    *urls.urlpatterns,
]
