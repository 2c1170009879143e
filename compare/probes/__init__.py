"""STAGE 4b: probes, which are awkward but legal servers and clients; act, then judge.

instrument.py  an application that does what a case says, and writes down what it sees
wire/          cases on a socket: a client that speaks raw bytes to a server
"""
