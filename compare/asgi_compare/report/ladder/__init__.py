"""The ladder of Django's layers in words and pictures."""
