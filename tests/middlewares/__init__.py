"""Middlewares for the tests: broken ones, and unusual ones that are correct."""
