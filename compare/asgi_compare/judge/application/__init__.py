"""Check an application: awkward but legal servers and clients; act, then judge.

Plan ──check──► Trial ──play, in the child──► Transcript ──rules──► Checked

probe.py                    nouns: a probe, what it is played with, and the trial
probes/                     all probes, a file a protocol
raw_request.py, openapi.py  exchanges from a file, and from the target's document
arrange.py                  apply a probe to an exchange, which makes a trial
edge_case_servers*.py       inside the child: the servers that the probes play
play.py                     inside the child: one trial after the other
probe_findings.py           what a probe concludes by itself, besides the rules
baseline.py                 ... by holding an exchange against the plain one
conclusions.py              what follows from several exchanges, or from the process
observed.py, leftovers.py   ... and what was looked at for it
gather.py                   the findings of all trials, grouped by rule
check.py                    one application, from the first trial to the conclusion
"""
