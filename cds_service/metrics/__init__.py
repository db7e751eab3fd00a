"""What is counted, for Prometheus: events as they happen, the state of this machine when it is asked for.

Nothing is imported here: `folder` must name its place before prometheus-client is imported, which the others do.
"""
