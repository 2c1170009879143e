"""Behaviours: who somebody is, and what they may do."""

from __future__ import annotations

from asgi_compare.measure.behaviours.behaviour import (
    Ablation,
    Behaviour,
    Elsewhere,
    Source,
    Unsupported,
)
from asgi_compare.measure.behaviours.builders import (
    BOTH,
    LOGIN_REQUIRED,
    answers,
    ask,
    instead,
    post,
    replace,
)

NOBODY = Unsupported("It knows no users until somebody writes them.")
OPTIONAL = Unsupported("AuthenticationMiddleware is there, but users are one's own.")
BY_HAND = Elsewhere(
    "AuthenticationMiddleware with a backend of one's own, and @requires.",
    "A table of users, a session, and a look at it in each page.",
)
SIGN_IN = post("/lab/sign-in", "name=ada&password=lovelace")
AS_STAFF = post("/lab/sign-in", "name=grace&password=lovelace")
LOGIN = Source("django/contrib/auth/__init__.py", "login")
WAITS = Elsewhere(
    "run_in_threadpool(hash, password), or a sync endpoint.",
    "await asyncio.to_thread(hash, password).",
)

BEHAVIOURS = (
    Behaviour(
        "auth/new-session-key",
        "Who has planted a session key before the login must not share the session "
        "after it.",
        (SIGN_IN,),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(json={"new_session_key": True, "visits_kept": True}),
        layer="auth",
        source=LOGIN,
        ablation=replace(
            "django.contrib.sessions.backends.base.SessionBase.cycle_key",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"new_session_key": False}),
            "keep the key",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/new-csrf-secret",
        "The same goes for the secret that forms are guarded with.",
        (SIGN_IN,),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(json={"new_csrf_secret": True}),
        layer="auth",
        source=Source("django/middleware/csrf.py", "rotate_token"),
        ablation=replace(
            "django.contrib.auth.rotate_token",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"new_csrf_secret": False}),
            "keep the secret",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/signed-in",
        "A request says nothing of who sends it; a session does.",
        (SIGN_IN, ask("/sync/user")),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(json={"user": "ada"}),
        layer="django.contrib.auth.middleware.AuthenticationMiddleware",
        source=Source(
            "django/contrib/auth/middleware.py",
            "AuthenticationMiddleware.process_request",
        ),
        ablation=replace(
            "django.contrib.auth.get_user",
            "asgi_compare.laboratory.django_lab.without:recognition",
            answers(json={"user": ""}),
            "do not look into the session",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/signed-out",
        "Who leaves should leave nothing behind, on a computer that others use too.",
        (SIGN_IN, post("/lab/sign-out"), ask("/lab/look")),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(json={"visits": 0}),
        layer="auth",
        source=Source("django/contrib/auth/__init__.py", "logout"),
        ablation=replace(
            "django.contrib.sessions.backends.base.SessionBase.flush",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"visits": 1}),
            "do not empty the session",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/private-page",
        "A page for members sends others to sign in, and back afterwards.",
        (ask("/lab/private?page=2"),),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(
            302, headers={"location": "/lab/login?next=/lab/private%3Fpage%3D2"}
        ),
        layer="auth",
        source=Source("django/contrib/auth/decorators.py", "login_required"),
        ablation=instead(
            "/lab/not-so-private", answers(200), "ask a view without the decorator"
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/private-by-default",
        "A decorator is forgotten once; a middleware is not.",
        (ask("/lab/not-so-private"),),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(302),
        layer=LOGIN_REQUIRED,
        source=Source(
            "django/contrib/auth/middleware.py", "LoginRequiredMiddleware.process_view"
        ),
        settings={"LAB_ADD": [LOGIN_REQUIRED]},
        ablation=Ablation(
            "remove LoginRequiredMiddleware from MIDDLEWARE",
            answers(200),
            {"LAB_REMOVE": [LOGIN_REQUIRED]},
        ),
        elsewhere=BY_HAND,
        note="From Django 5.1 on.",
    ),
    Behaviour(
        "auth/permission",
        "Not all who may come in may do everything.",
        (SIGN_IN, ask("/lab/permitted")),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(403),
        layer="auth",
        source=Source("django/contrib/auth/decorators.py", "permission_required"),
        ablation=replace(
            "django.contrib.auth.models.User.has_perms",
            "asgi_compare.laboratory.django_lab.without:comparison",
            answers(200, json={"may": "delete"}),
            "allow everything to everybody",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/wrong-password",
        "A name is known to many.",
        (post("/lab/sign-in", "name=ada&password=byron"),),
        raw=NOBODY,
        starlette=OPTIONAL,
        django=answers(403, json={"signed_in": False}),
        layer="auth",
        source=Source("django/contrib/auth/hashers.py", "check_password"),
        ablation=replace(
            "django.contrib.auth.base_user.check_password",
            "asgi_compare.laboratory.django_lab.without:comparison",
            answers(200, json={"signed_in": True}),
            "take any password for the right one",
        ),
        elsewhere=BY_HAND,
    ),
    Behaviour(
        "auth/unknown-name-takes-as-long",
        "If a wrong name were refused faster than a wrong password, a clock would tell "
        "who is a member.",
        (ask("/lab/hash-sync?name=nobody"),),
        raw=answers(json={"hashes": 1}),
        starlette=answers(json={"hashes": 1}),
        django=answers(json={"good": False, "hashes": 1}),
        layer="auth",
        source=Source("django/contrib/auth/backends.py", "ModelBackend.authenticate"),
        ablation=replace(
            "django.contrib.auth.base_user.AbstractBaseUser.set_password",
            "asgi_compare.laboratory.django_lab.without:effect",
            answers(json={"good": False, "hashes": 0}),
            "do not hash for a name that is not there",
        ),
        elsewhere=Elsewhere(
            "Hash something in any case.", "Hash something in any case."
        ),
        note="The pages by hand know no names, and hash always.",
    ),
    Behaviour(
        "auth/hashing-blocks-the-loop",
        "To hash a password takes some hundred milliseconds on purpose, in which an "
        "event loop answers nobody else.",
        (ask("/lab/hash-async"),),
        raw=answers(json={"on_the_loop": True}),
        starlette=answers(json={"on_the_loop": True}),
        django=answers(json={"good": True, "hashes": 1, "on_the_loop": True}),
        layer="auth",
        source=Source("django/contrib/auth/hashers.py", "acheck_password"),
        ablation=instead(
            "/lab/hash-sync",
            answers(json={"good": True, "on_the_loop": False}),
            "ask a sync view, which has a thread",
            BOTH,
        ),
        elsewhere=WAITS,
        until="6.0",
        later=answers(json={"good": True, "hashes": 1, "on_the_loop": False}),
        note="A loss, not a gain: aauthenticate and acheck_password of Django 5.2 are "
        "async in name; the hash is made on the event loop. Django 6.0 makes it in a "
        "thread.",
    ),
    Behaviour(
        "auth/admin",
        "The pages to administer tables come with the models.",
        (AS_STAFF, ask("/admin/auth/user/")),
        raw=Unsupported("There is no such thing without writing it."),
        starlette=Unsupported("It has no models; sqladmin is a package for it."),
        django=answers(200, mentions=("ada", "grace", "Select user to change")),
        layer="admin",
        source=Source("django/contrib/admin/options.py", "ModelAdmin.changelist_view"),
        ablation=replace(
            "django.contrib.admin.sites.AdminSite.has_permission",
            "asgi_compare.laboratory.django_lab.without:permission",
            answers(302),
            "let nobody in",
        ),
        elsewhere=Elsewhere("sqladmin or starlette-admin.", "Write the pages."),
    ),
    Behaviour(
        "auth/admin-asks-who-is-there",
        "Pages that can delete everything are for few.",
        (ask("/admin/"),),
        raw=Unsupported("There is no such thing without writing it."),
        starlette=Unsupported("It has no models; sqladmin is a package for it."),
        django=answers(302, headers={"location": "/admin/login/?next=/admin/"}),
        layer="admin",
        source=Source("django/contrib/admin/sites.py", "AdminSite.admin_view"),
        ablation=replace(
            "django.contrib.admin.sites.AdminSite.has_permission",
            "asgi_compare.laboratory.django_lab.without:comparison",
            answers(200, mentions=("Site administration",)),
            "let everybody in",
        ),
        elsewhere=Elsewhere("sqladmin or starlette-admin.", "Write the pages."),
    ),
)
