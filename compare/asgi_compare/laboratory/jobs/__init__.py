"""Jobs that are begun in each way that people use, and write down how far they came.

    notes.py         the file into which every job writes
    server.py        the server that begins them
    by_celery.py     two applications of Celery, which acknowledge early and late
    by_taskiq.py     a broker of taskiq on Redis Streams
    by_django.py     settings for Django's tasks, and the worker of django-tasks-db
    django_job.py    the task itself, which wants the settings first

Where all this is told by the environment: ASGI_COMPARE_JOBS names the folder of the
file and of a database, ASGI_COMPARE_JOB_SECONDS is how long a job takes, and REDIS_URL
is the broker.
"""
