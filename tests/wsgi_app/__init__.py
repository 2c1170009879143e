"""Tests of the application by hand on WSGI, where no scenario covers it."""
