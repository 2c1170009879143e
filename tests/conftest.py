"""What all tests need to be there."""

import signal

pytest_plugins = ["tests.services", "tests.xdist_groups"]

# Some runners start in the background with Ctrl-C ignored, and whatever they start
# inherits that. Tests that interrupt a command need it to be as in a terminal.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
