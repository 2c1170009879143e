"""The rules of HTTP that bind an application on either interface."""
