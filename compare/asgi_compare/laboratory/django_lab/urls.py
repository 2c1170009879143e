"""Paths to views: those of the ladder, those of the laboratory, those of the contract.

A path is looked for from top to bottom. So the routes that LAB_ROUTES asks for, which
lead nowhere anybody goes, are all tried before any other.
"""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from asgi_compare.laboratory.django_lab.views import (
    answers,
    ladder,
    people,
    requests,
    rows,
    running,
)
from django_app import urls as of_the_contract

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"other/{number}/<int:item_id>", ladder.other)
    for number in range(settings.LAB_ROUTES)
]

urlpatterns += [
    path("async/hello", ladder.hello_async),
    path("sync/hello", ladder.hello_sync),
    path("async/wait", ladder.wait_async),
    path("sync/wait", ladder.wait_sync),
    path("async/template", ladder.template_async),
    path("sync/template", ladder.template_sync),
    path("async/session", ladder.session_async),
    path("sync/session", ladder.session_sync),
    path("async/user", ladder.user_async),
    path("sync/user", ladder.user_sync),
    path("async/get", ladder.get_async),
    path("sync/get", ladder.get_sync),
    path("async/create", ladder.create_async),
    path("sync/create", ladder.create_sync),
    path("sync/cached", ladder.cached_sync),
]

urlpatterns += [
    # requests
    path("lab/parameters", requests.count_parameters),
    path("lab/fields", requests.count_fields),
    path("lab/body", requests.measure_body),
    path("lab/guarded", requests.guarded_form),
    path("lab/only-get", requests.only_get),
    path("lab/any", requests.any_method),
    path("lab/token", requests.give_token),
    path("lab/address", requests.own_address),
    path("lab/order", requests.order),
    path("lab/early", requests.early),
    path("lab/was-called", requests.was_called),
    # answers
    path("lab/field", answers.set_field),
    path("lab/go", answers.go),
    path("lab/go-safely", answers.go_safely),
    path("lab/cookie", answers.set_cookie),
    path("lab/page", answers.plain_page),
    path("lab/slash/", answers.with_slash),
    path("/elsewhere.example/slash/", answers.with_slash),
    path("lab/framed", answers.framed),
    path("lab/long", answers.long_page),
    path("lab/greeting", answers.greeting),
    path("lab/translated", answers.translated),
    path("lab/cached", answers.cached_answer),
    path("lab/uncached", answers.uncached_answer),
    path("lab/never-cached", answers.personal_answer),
    path("lab/shelf", answers.Shelf.as_view()),
    path("lab/shelf-without-options", answers.GuardlessShelf.as_view()),
    path("lab/fail", answers.fail),
    path("lab/forbid", answers.forbid),
    path("lab/miss", answers.miss),
    path("lab/suspect", answers.suspect),
    path("lab/seen", answers.seen),
    path("lab/attachment", answers.attachment),
    path("lab/files/<path:name>", answers.stored_file),
    # people
    path("lab/visits", people.count_visits),
    path("lab/look", people.look_only),
    path("lab/sign-in", people.sign_in),
    path("lab/sign-out", people.sign_out),
    path("lab/private", people.private),
    path("lab/not-so-private", people.not_so_private),
    path("lab/permitted", people.permitted),
    path("lab/leave-message", people.leave_message),
    path("lab/messages", people.read_messages),
    path("lab/hash-sync", people.hash_sync),
    path("lab/hash-async", people.hash_async),
    path("admin/", admin.site.urls),
    # rows
    path("lab/rows", rows.find_row),
    path("lab/pasted", rows.pasted_query),
    path("lab/write-and-fail", rows.write_and_fail),
    path("lab/write-two", rows.write_two),
    path("lab/write-one", rows.write_one),
    path("lab/async-transaction", rows.async_transaction),
    path("lab/wrapped-transaction", rows.wrapped_transaction),
    path("lab/sync-query", rows.sync_query),
    path("lab/where-queries-run", rows.where_queries_run),
    # running
    path("lab/sync-place", running.sync_place),
    path("lab/async-place", running.async_place),
    path("lab/meet", running.meet),
    path("lab/sync-stream", running.sync_stream),
    path("lab/async-stream", running.async_stream),
    path("lab/all-made", running.whole_stream_made),
    path("lab/whole-file", running.whole_file),
    path("lab/swallow", running.swallow),
    path("lab/task", running.task),
]

urlpatterns += of_the_contract.urlpatterns
