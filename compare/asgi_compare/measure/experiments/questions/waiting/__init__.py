"""About requests that wait, in tasks, in threads and in queues."""
