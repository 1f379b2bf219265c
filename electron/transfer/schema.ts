/** The journal's tables. The file outlives versions of the program: change it only by adding a step to MIGRATIONS. */

/** Each step leads from version n to n + 1 (PRAGMA user_version). */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE endpoints (
    id INTEGER PRIMARY KEY,
    protocol TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, user TEXT NOT NULL,
    UNIQUE (protocol, host, port, user)
  );
  CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint INTEGER NOT NULL REFERENCES endpoints (id),
    direction TEXT NOT NULL,
    target_folder TEXT NOT NULL,
    transfer_type TEXT NOT NULL,
    conflict TEXT NOT NULL
  );
  CREATE TABLE transfers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request INTEGER NOT NULL REFERENCES requests (id),
    kind TEXT NOT NULL,
    local_path TEXT NOT NULL,
    remote_path TEXT NOT NULL,
    size INTEGER,
    modified INTEGER,
    transferred INTEGER NOT NULL DEFAULT 0,
    scanned INTEGER NOT NULL DEFAULT 0,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT,
    question TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    part TEXT,
    scan TEXT,
    error TEXT,
    added_at INTEGER NOT NULL,
    ended_at INTEGER
  );
  CREATE INDEX transfers_by_state ON transfers (state, id);
  CREATE INDEX transfers_asking ON transfers (request, id) WHERE state = 'asking';
  CREATE INDEX transfers_parts ON transfers (id) WHERE part IS NOT NULL;

  -- Counting a million rows for every event would stop the window; triggers keep the counts.
  CREATE TABLE counts (state TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TRIGGER count_insert AFTER INSERT ON transfers BEGIN
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER count_delete AFTER DELETE ON transfers BEGIN
    UPDATE counts SET n = n - 1 WHERE state = old.state;
  END;
  CREATE TRIGGER count_update AFTER UPDATE OF state ON transfers WHEN old.state <> new.state BEGIN
    UPDATE counts SET n = n - 1 WHERE state = old.state;
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET n = n + 1;
  END;
  `,
  `
  ALTER TABLE requests ADD COLUMN mode TEXT NOT NULL DEFAULT 'whole';
  ALTER TABLE transfers ADD COLUMN unscanned INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transfers ADD COLUMN started_at INTEGER;
  CREATE INDEX transfers_by_request ON transfers (request, id);

  -- How far each request is, asked several times a second: kept by triggers for the same reason as the counts above.
  CREATE TABLE request_counts (
    request INTEGER NOT NULL, state TEXT NOT NULL,
    files INTEGER NOT NULL, bytes INTEGER NOT NULL, transferred INTEGER NOT NULL,
    PRIMARY KEY (request, state)
  ) WITHOUT ROWID;
  INSERT INTO request_counts
    SELECT request, state, count(*), coalesce(sum(size), 0), sum(transferred) FROM transfers GROUP BY request, state;
  CREATE TRIGGER request_insert AFTER INSERT ON transfers BEGIN
    INSERT INTO request_counts VALUES (new.request, new.state, 1, coalesce(new.size, 0), new.transferred)
      ON CONFLICT (request, state) DO UPDATE SET
        files = files + 1, bytes = bytes + excluded.bytes, transferred = transferred + excluded.transferred;
  END;
  CREATE TRIGGER request_delete AFTER DELETE ON transfers BEGIN
    UPDATE request_counts
      SET files = files - 1, bytes = bytes - coalesce(old.size, 0), transferred = transferred - old.transferred
      WHERE request = old.request AND state = old.state;
    DELETE FROM request_counts WHERE request = old.request AND state = old.state AND files = 0;
  END;
  CREATE TRIGGER request_update AFTER UPDATE OF state, size, transferred ON transfers BEGIN
    UPDATE request_counts
      SET files = files - 1, bytes = bytes - coalesce(old.size, 0), transferred = transferred - old.transferred
      WHERE request = old.request AND state = old.state;
    INSERT INTO request_counts VALUES (new.request, new.state, 1, coalesce(new.size, 0), new.transferred)
      ON CONFLICT (request, state) DO UPDATE SET
        files = files + 1, bytes = bytes + excluded.bytes, transferred = transferred + excluded.transferred;
  END;
  `,
  `
  ALTER TABLE transfers ADD COLUMN resumed_from INTEGER NOT NULL DEFAULT 0;
  `,
]

/** A plan's own notes: on disk, since folders may hold millions of names, and gone with the process. */
export const TEMPORARY = `
  CREATE TEMP TABLE seen (plan INTEGER, key INTEGER, attempt INTEGER NOT NULL, PRIMARY KEY (plan, key)) WITHOUT ROWID;
  CREATE TEMP TABLE folders (
    id INTEGER PRIMARY KEY, plan INTEGER NOT NULL, local_path TEXT NOT NULL, remote_path TEXT NOT NULL, depth INTEGER NOT NULL
  );
  CREATE INDEX temp.folders_by_plan ON folders (plan, id);
`
