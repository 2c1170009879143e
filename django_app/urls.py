"""Paths to views, in the order of the contract.

A path is matched without its leading slash, and after percent-decoding. `<int:...>`
takes ASCII digits only, and the end of a path is its end: neither digits of another
script nor a newline slip through. Which methods a view answers is said at the view.

`startproject` also routes `admin/`. It is left out: the contract has no such path.
"""

from django.urls import path

from django_app.systems import chat, dashboard, editor, gateway, notices
from django_app.views import (
    accounts,
    bodies,
    caching,
    concurrency,
    fields,
    files,
    http,
    jobs,
    lifespan,
    streaming,
)

urlpatterns = [
    # http
    path("", http.hello),
    path("json", http.json_message),
    path("items/<int:item_id>", http.item),
    path("redirect", http.redirect),
    path("status/<int:code>", http.status),
    path("only-post", http.only_post),
    path("error", http.error),
    # fields
    path("inspect/<path:rest>", fields.inspect),
    path("headers", fields.headers),
    path("cookies", fields.cookies),
    # bodies
    path("echo", bodies.echo),
    path("form", bodies.form),
    path("csrf-form", bodies.csrf_form),
    path("upload", bodies.upload),
    # files
    path("file", files.file),
    # streaming
    path("stream", streaming.stream),
    path("events", streaming.events),
    path("drip", streaming.drip),
    path("poll", streaming.poll),
    path("announce", streaming.announce),
    path("log", streaming.log),
    # lifespan
    path("state", lifespan.state),
    # concurrency
    path("sequential", concurrency.sequential),
    path("concurrent", concurrency.concurrent),
    path("mock-api", concurrency.mock_api),
    path("background", concurrency.background),
    path("cpu", concurrency.cpu),
    # accounts
    path("accounts/open", accounts.open_account),
    path("accounts/balance", accounts.balance),
    path("accounts/transfer", accounts.transfer),
    path("accounts/statement", accounts.statement),
    path("accounts/report", accounts.report),
    path("accounts/slow-query", accounts.slow_query),
    # jobs
    path("jobs", jobs.start_job),
    path("jobs/<str:key>", jobs.job),
    path("jobs/<str:key>/events", jobs.job_events),
    path("jobs/<str:key>/result", jobs.job_result),
    path("jobs/<str:key>/cancel", jobs.cancel_job),
    # caching
    path("article", caching.article),
    # systems
    *chat.urlpatterns,
    *dashboard.urlpatterns,
    *editor.urlpatterns,
    *gateway.urlpatterns,
    *notices.urlpatterns,
]
