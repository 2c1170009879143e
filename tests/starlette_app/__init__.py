"""Tests of the application in Starlette, where no scenario covers it."""
