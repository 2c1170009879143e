"""`python -m asgi_compare`, the same as `asgi-compare`."""

from asgi_compare.cli.main import main

if __name__ == "__main__":
    main()
