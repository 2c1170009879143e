"""Check test clients and in-process transports: they play the server; are they one?

exercises.py  what each known client is made to do
play.py       in the child process: an application that records what it is given
check.py      one client, judged by the rules that bind servers
"""
