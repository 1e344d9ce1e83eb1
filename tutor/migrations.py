"""The tables of the one file that everything is kept in, as SQL, step by step from the first version on: see tutor/database.py."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE conversations (
            id VARCHAR NOT NULL PRIMARY KEY,
            learner VARCHAR NOT NULL,
            title VARCHAR,
            created_at DATETIME NOT NULL,
            version INTEGER NOT NULL
        )""",
        "CREATE INDEX ix_conversations_learner ON conversations (learner)",
        """CREATE TABLE exchanges (
            id VARCHAR NOT NULL PRIMARY KEY,
            conversation_id VARCHAR NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            question VARCHAR NOT NULL,
            reply VARCHAR,
            notice VARCHAR,
            folded VARCHAR NOT NULL,
            created_at DATETIME NOT NULL,
            updated_at DATETIME NOT NULL,
            UNIQUE (conversation_id, position)
        )""",
    ),
    (
        """CREATE TABLE interviews (
            id VARCHAR NOT NULL PRIMARY KEY,
            learner VARCHAR NOT NULL,
            started_at DATETIME NOT NULL
        )""",
        "CREATE INDEX ix_interviews_learner ON interviews (learner)",
        """CREATE TABLE events (
            id VARCHAR NOT NULL PRIMARY KEY,
            interview_id VARCHAR NOT NULL REFERENCES interviews (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            kind VARCHAR NOT NULL,
            body VARCHAR NOT NULL,
            UNIQUE (interview_id, position)
        )""",
    ),
    (
        """CREATE TABLE reviews (
            position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            learner VARCHAR NOT NULL,
            id VARCHAR NOT NULL,
            kind VARCHAR NOT NULL,
            body VARCHAR NOT NULL,
            UNIQUE (learner, id)
        )""",
        "CREATE INDEX ix_reviews_learner ON reviews (learner, position)",
        "CREATE INDEX ix_exchanges_updated_at ON exchanges (conversation_id, updated_at, id)",
    ),
)
"""What makes each version of the tables from the one before. A step that has been released is never changed."""
