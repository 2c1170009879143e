"""Tests of the check of middleware."""
