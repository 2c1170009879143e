"""The tables of the notices, in SQL that SQLite and PostgreSQL both take.

`%s` stands for an argument, as psycopg and Django have it.
"""

MAKE = (
    """CREATE TABLE IF NOT EXISTS notices_order (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        item TEXT NOT NULL,
        count INTEGER NOT NULL
    )""",
    # The last number of each owner. To count it up locks the row until the commit, so
    # that numbers become visible in their order, and none is skipped by who reads.
    """CREATE TABLE IF NOT EXISTS notices_last (
        owner TEXT PRIMARY KEY,
        number INTEGER NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS notices_notice (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        urgent INTEGER NOT NULL,
        UNIQUE (owner, number)
    )""",
    """CREATE TABLE IF NOT EXISTS notices_delivery (
        notice TEXT NOT NULL,
        owner TEXT NOT NULL,
        channel TEXT NOT NULL,
        due DOUBLE PRECISION NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (notice, channel)
    )""",
    """CREATE INDEX IF NOT EXISTS notices_due
        ON notices_delivery (channel, due) WHERE state = 'pending'""",
    """CREATE TABLE IF NOT EXISTS notices_wish (
        owner TEXT PRIMARY KEY,
        document TEXT NOT NULL
    )""",
)

ORDER = "INSERT INTO notices_order VALUES (%s, %s, %s, %s)"
ORDERED = "SELECT sum(count) FROM notices_order WHERE owner = %s"

NEXT = """INSERT INTO notices_last VALUES (%s, 1)
    ON CONFLICT (owner) DO UPDATE SET number = notices_last.number + 1
    RETURNING number"""
NOTICE = "INSERT INTO notices_notice VALUES (%s, %s, %s, %s, %s, %s, %s)"
SINCE = """SELECT number, id, owner, kind, title, body, urgent FROM notices_notice
    WHERE owner = %s AND number > %s ORDER BY number LIMIT 100"""

COLUMNS = "d.notice, d.owner, d.channel, d.due, d.state, d.attempts, d.error"
DELIVERY = "INSERT INTO notices_delivery VALUES (%s, %s, %s, %s, %s, %s, %s)"
DUE = f"""SELECT {COLUMNS}, n.id, n.owner, n.kind, n.title, n.body, n.urgent
    FROM notices_delivery d JOIN notices_notice n ON n.id = d.notice
    WHERE d.channel = %s AND d.state = 'pending' AND d.due <= %s
    ORDER BY d.due, d.notice LIMIT %s"""
SKIP_LOCKED = " FOR UPDATE OF d SKIP LOCKED"
"""What PostgreSQL is told besides, so that two do not claim the same at once. In SQLite
one who writes has the whole database for itself."""
SETTLE = """UPDATE notices_delivery SET due = %s, state = %s, attempts = %s, error = %s
    WHERE notice = %s AND channel = %s"""
OUTBOX = f"""SELECT {COLUMNS} FROM notices_delivery d WHERE owner = %s
    ORDER BY notice, channel"""
FLUSH = """UPDATE notices_delivery SET due = %s
    WHERE owner = %s AND state = 'pending' AND attempts = 0"""
REVIVE = """UPDATE notices_delivery SET due = %s, state = 'pending', attempts = 0
    WHERE owner = %s AND state = 'dead'"""

WISH = """INSERT INTO notices_wish VALUES (%s, %s)
    ON CONFLICT (owner) DO UPDATE SET document = excluded.document"""
WISHED = "SELECT document FROM notices_wish WHERE owner = %s"
