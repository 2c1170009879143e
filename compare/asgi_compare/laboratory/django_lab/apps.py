"""The name by which the laboratory is known as an app of Django."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """The laboratory, with the label that its table and templates are named after."""

    name = "asgi_compare.laboratory.django_lab"
    label = "lab"
