"""Tests of the check of test clients."""
