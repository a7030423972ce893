-- Internal numbers (tenant_no, room_no, participant_no) never leave the server: ids on the wire are opaque texts.
-- Every key starts with tenant_no.

CREATE TABLE tenants (
  tenant_no    INTEGER PRIMARY KEY,
  tenant_id    TEXT NOT NULL UNIQUE,
  slug         TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  server_name  TEXT NOT NULL UNIQUE,
  limits       TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  suspended_at INTEGER
) STRICT;

CREATE TABLE tenant_keys (
  tenant_no   INTEGER NOT NULL REFERENCES tenants,
  key_id      TEXT NOT NULL,
  public_key  TEXT NOT NULL,
  private_key TEXT NOT NULL,
  valid_from  INTEGER NOT NULL,
  valid_until INTEGER,
  revoked_at  INTEGER,
  -- The older key that gave its word for this one, and the signature that is its word (FD3).
  introduced_by TEXT,
  introduction  TEXT,
  PRIMARY KEY (tenant_no, key_id)
) STRICT, WITHOUT ROWID;

-- With which servers a tenant shares; without a row, with none.
CREATE TABLE federation_policies (
  tenant_no INTEGER PRIMARY KEY REFERENCES tenants,
  policy    TEXT NOT NULL
) STRICT;

-- Other servers that a tenant has seen, with the keys that are pinned for each.
CREATE TABLE peers (
  tenant_no    INTEGER NOT NULL REFERENCES tenants,
  server_name  TEXT NOT NULL,
  -- JSON of every key; empty until the first descriptor.
  keys         TEXT NOT NULL,
  -- A key that an administrator vouches for, until a descriptor has it.
  trusted_key  TEXT,
  -- What it offers now is not introduced by what is pinned: the reason, until it is or an administrator says so.
  key_fault    TEXT,
  first_seen   INTEGER NOT NULL,
  -- When its descriptor was last fetched and found right; and why the last try failed, if it did.
  refreshed_at INTEGER,
  last_error   TEXT,
  PRIMARY KEY (tenant_no, server_name)
) STRICT, WITHOUT ROWID;

-- Requests of other servers that were taken, until their signatures have expired: none is taken twice (FD2).
CREATE TABLE peer_nonces (
  tenant_no   INTEGER NOT NULL REFERENCES tenants,
  server_name TEXT NOT NULL,
  key_id      TEXT NOT NULL,
  nonce       TEXT NOT NULL,
  kept_until  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, server_name, key_id, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_nonces_by_age ON peer_nonces (kept_until);

CREATE TABLE participants (
  tenant_no             INTEGER NOT NULL REFERENCES tenants,
  participant_no        INTEGER NOT NULL,
  participant_id        TEXT NOT NULL,
  fqid                  TEXT NOT NULL,
  local_id              TEXT NOT NULL,
  server_name           TEXT NOT NULL,
  participant_type      TEXT NOT NULL,
  display_name          TEXT NOT NULL,
  search_text           TEXT NOT NULL,
  avatar_url            TEXT,
  roles                 TEXT NOT NULL,
  default_mode          TEXT NOT NULL,
  locale                TEXT,
  timezone              TEXT,
  auto_join             INTEGER NOT NULL,
  personal_workspace_id TEXT,
  created_at            INTEGER NOT NULL,
  -- The first `POST /v1/auth/register`.
  registered_at         INTEGER,
  deactivated_at        INTEGER,
  PRIMARY KEY (tenant_no, participant_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX participants_by_id ON participants (tenant_no, participant_id);
CREATE UNIQUE INDEX participants_by_fqid ON participants (tenant_no, fqid);
CREATE INDEX participants_by_name ON participants (tenant_no, display_name, participant_no);
CREATE INDEX participants_by_kind ON participants (tenant_no, participant_type, deactivated_at);
CREATE INDEX participants_elsewhere ON participants (tenant_no, server_name, participant_no)
  WHERE participant_type = 'federated';
CREATE INDEX participants_with_roles ON participants (tenant_no, participant_no)
  WHERE roles <> '[]' AND deactivated_at IS NULL;

-- Who was deactivated and has not left all their rooms yet: the job goes on after the room named here.
CREATE TABLE deactivations (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  done_room_no   INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no)
) STRICT, WITHOUT ROWID;

-- One-time links that make somebody an admin, by the SHA-256 of their code (AU10).
CREATE TABLE admin_links (
  tenant_no  INTEGER NOT NULL REFERENCES tenants,
  code_hash  TEXT NOT NULL,
  -- Whom it is for, where the operator said so.
  local_id   TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  PRIMARY KEY (tenant_no, code_hash)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX admin_links_by_code ON admin_links (code_hash);

CREATE TABLE tokens (
  tenant_no      INTEGER NOT NULL REFERENCES tenants,
  token_id       TEXT NOT NULL,
  token_hash     TEXT NOT NULL,
  participant_no INTEGER NOT NULL,
  name           TEXT NOT NULL,
  scopes         TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER,
  revoked_at     INTEGER,
  PRIMARY KEY (tenant_no, token_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tokens_by_hash ON tokens (token_hash);
CREATE INDEX tokens_by_participant ON tokens (tenant_no, participant_no, token_id);

CREATE TABLE workspaces (
  tenant_no    INTEGER NOT NULL REFERENCES tenants,
  workspace_id TEXT NOT NULL,
  slug         TEXT NOT NULL,
  name         TEXT NOT NULL,
  personal_of  INTEGER,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, workspace_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX workspaces_by_slug ON workspaces (tenant_no, slug);
CREATE UNIQUE INDEX workspaces_by_person ON workspaces (tenant_no, personal_of) WHERE personal_of IS NOT NULL;

CREATE TABLE workspace_members (
  tenant_no      INTEGER NOT NULL,
  workspace_id   TEXT NOT NULL,
  participant_no INTEGER NOT NULL,
  role           TEXT NOT NULL,
  PRIMARY KEY (tenant_no, workspace_id, participant_no),
  FOREIGN KEY (tenant_no, workspace_id) REFERENCES workspaces ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX workspace_members_by_person ON workspace_members (tenant_no, participant_no, workspace_id);

-- The log. The rowid is the order of arrival, so that appending touches the end of the table; see
-- docs/decisions for the figures. `ordinal` counts the room's messages up to and including this event.
CREATE TABLE events (
  tenant_no    INTEGER NOT NULL,
  room_no      INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  event_id     TEXT NOT NULL,
  event_type   TEXT NOT NULL,
  sender       TEXT,
  acted_by     TEXT,
  origin_ts    INTEGER NOT NULL,
  hub_ts       INTEGER NOT NULL,
  imported     INTEGER NOT NULL,
  ordinal      INTEGER NOT NULL,
  event_uuid   TEXT,
  content      TEXT,
  salt         TEXT,
  content_hash TEXT NOT NULL,
  hash         TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_position ON events (tenant_no, room_no, position);
CREATE UNIQUE INDEX events_by_id ON events (tenant_no, event_id, room_no);
CREATE UNIQUE INDEX events_by_seq ON events (tenant_no, seq);
CREATE UNIQUE INDEX events_by_uuid ON events (tenant_no, room_no, sender, event_uuid) WHERE event_uuid IS NOT NULL;
-- Messages that were redacted: unread counts leave them out (RD2).
CREATE INDEX events_wiped ON events (tenant_no, room_no, position)
  WHERE content IS NULL AND event_type = 'swp.room.message' AND imported = 0;

-- The keys of incognito rooms, null from their close on (DEL2). Rows arrive in order and are changed in place, so that
-- the engine never moves one: what it moves leaves copies where `secure_delete` does not reach. See docs/decisions.
CREATE TABLE room_keys (
  key_no    INTEGER PRIMARY KEY,
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  key       BLOB
) STRICT;
CREATE UNIQUE INDEX room_keys_by_room ON room_keys (tenant_no, room_no);

-- Closed incognito rooms whose rows still hold what nobody can open.
CREATE TABLE unswept_rooms (
  tenant_no      INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  swept_position INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
  tenant_no      INTEGER NOT NULL REFERENCES tenants,
  room_no        INTEGER NOT NULL,
  room_id        TEXT NOT NULL,
  alias          TEXT,
  room_type      TEXT NOT NULL,
  scope_kind     TEXT,
  name           TEXT,
  topic          TEXT,
  is_public      INTEGER NOT NULL,
  close_on_leave INTEGER NOT NULL,
  workspace_id   TEXT,
  creator        TEXT NOT NULL,
  state          TEXT NOT NULL,
  federated      INTEGER NOT NULL,
  hub            TEXT NOT NULL,
  joined_count   INTEGER NOT NULL,
  invited_count  INTEGER NOT NULL,
  admin_count    INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  archived_at    INTEGER,
  closed_at      INTEGER,
  -- The minute of the last event, so that a busy room is re-sorted once a minute and not at each send.
  active_at      INTEGER NOT NULL,
  -- Both sides of a DM, the smaller participant_no first (DM1).
  dm_low         INTEGER,
  dm_high        INTEGER,
  sort_name      TEXT NOT NULL,
  search_text    TEXT NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rooms_by_id ON rooms (tenant_no, room_id);
CREATE UNIQUE INDEX rooms_by_alias ON rooms (tenant_no, alias) WHERE alias IS NOT NULL;
CREATE UNIQUE INDEX rooms_by_pair ON rooms (tenant_no, dm_low, dm_high) WHERE dm_low IS NOT NULL AND state <> 'closed';
CREATE INDEX rooms_by_workspace ON rooms (tenant_no, workspace_id) WHERE workspace_id IS NOT NULL;
CREATE INDEX rooms_by_kind ON rooms (tenant_no, room_type, state, room_no);
CREATE INDEX open_rooms ON rooms (tenant_no, hub, state, room_type) WHERE state = 'open' AND room_type <> 'dm';
CREATE INDEX public_rooms_by_activity ON rooms (tenant_no, active_at, room_no) WHERE is_public = 1 AND state = 'open';
CREATE INDEX public_rooms_by_name ON rooms (tenant_no, sort_name, room_no) WHERE is_public = 1 AND state = 'open';
CREATE INDEX public_rooms_by_members ON rooms (tenant_no, joined_count, room_no) WHERE is_public = 1 AND state = 'open';

CREATE TABLE members (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  participant_no  INTEGER NOT NULL,
  membership      TEXT NOT NULL,
  power_level     INTEGER NOT NULL,
  -- Where the present or last stay began.
  joined_position INTEGER,
  joined_at       INTEGER,
  -- Where the last stay ended: the last position that someone who left may read (MB10).
  left_position   INTEGER,
  invited_by      TEXT,
  cause           TEXT,
  -- Whether the event that made the row gives one: the text is there alone.
  has_reason      INTEGER NOT NULL,
  ban_expires_at  INTEGER,
  -- Power at a leave by one's own will, which decides who may restore (LC5).
  power_at_leave  INTEGER,
  -- The event that made the row what it is.
  position        INTEGER NOT NULL,
  -- The order of lists: where a joined member's stay began, for others where their row was made.
  listed_position INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, participant_no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX members_in_order ON members (tenant_no, room_no, membership, listed_position);
CREATE INDEX members_by_person ON members (tenant_no, participant_no, membership, room_no);
CREATE INDEX members_with_power ON members (tenant_no, room_no, power_level) WHERE membership = 'join' AND power_level > 0;

-- Every member event by whom it is about: when somebody was joined, for streams that resume (ST2, ST3).
CREATE TABLE standings (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  position       INTEGER NOT NULL,
  seq            INTEGER NOT NULL,
  membership     TEXT NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no, position)
) STRICT, WITHOUT ROWID;

-- Personal settings: the member's own rows, no part of the log.
CREATE TABLE reading (
  tenant_no         INTEGER NOT NULL,
  participant_no    INTEGER NOT NULL,
  room_no           INTEGER NOT NULL,
  read_position     INTEGER NOT NULL,
  read_ordinal      INTEGER NOT NULL,
  notification_mode TEXT NOT NULL,
  muted_until       INTEGER,
  PRIMARY KEY (tenant_no, participant_no, room_no)
) STRICT, WITHOUT ROWID;

-- Who a message mentions, as its newest content says; participant_no 0 is `@room`.
CREATE TABLE mentions (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  -- The message's.
  position       INTEGER NOT NULL,
  seq            INTEGER NOT NULL,
  -- The event that brought the mention: the message itself, or an edit of it. Whom an event notifies are those it brought.
  made_position  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mentions_by_message ON mentions (tenant_no, room_no, position, participant_no);
CREATE INDEX mentions_by_time ON mentions (tenant_no, participant_no, room_no, seq);

-- Which message answers which. `ordinal` counts all replies to the same event up to this one, so that those a former
-- member has seen are counted by the last of them. A redacted reply has left the thread and keeps its ordinal.
CREATE TABLE replies (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  target_position INTEGER NOT NULL,
  redacted        INTEGER NOT NULL,
  position        INTEGER NOT NULL,
  ordinal         INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, redacted, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX replies_by_position ON replies (tenant_no, room_no, position);

-- The events that were answered: how often ever, and how many of those replies were redacted.
CREATE TABLE threads (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  target_position INTEGER NOT NULL,
  replied         INTEGER NOT NULL,
  redacted        INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position)
) STRICT, WITHOUT ROWID;

-- Who did what to whom: moderation as the log has it, and administration. Never content; kept for good.
CREATE TABLE audit (
  tenant_no  INTEGER NOT NULL REFERENCES tenants,
  number     INTEGER NOT NULL,
  -- Never less than in the record before, so that a range of times is a range of numbers.
  at         INTEGER NOT NULL,
  action     TEXT NOT NULL,
  -- FQIDs: of people, `@:server_name` for the server itself, or `operator`.
  actor      TEXT NOT NULL,
  target     TEXT,
  room_id    TEXT,
  -- The event of the room's log that says the same.
  event_id   TEXT,
  details    TEXT NOT NULL,
  request_id TEXT,
  PRIMARY KEY (tenant_no, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit (tenant_no, at, number);
CREATE INDEX audit_by_actor ON audit (tenant_no, actor, number);
CREATE INDEX audit_by_target ON audit (tenant_no, target, number) WHERE target IS NOT NULL;
CREATE INDEX audit_by_room ON audit (tenant_no, room_id, number) WHERE room_id IS NOT NULL;
CREATE INDEX audit_by_action ON audit (tenant_no, action, number);

-- Which edits a message or custom event has: the newest is what it says. Wiped ones are in `redactions` alone.
CREATE TABLE edits (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  target_position INTEGER NOT NULL,
  position        INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, position)
) STRICT, WITHOUT ROWID;

-- Who reacted with what, from the event that added it to the one that removed it: former members see what stood when
-- they went (MB10).
CREATE TABLE reactions (
  tenant_no        INTEGER NOT NULL,
  room_no          INTEGER NOT NULL,
  target_position  INTEGER NOT NULL,
  -- Stands for the emoji, which is in the event that added it.
  mark             TEXT NOT NULL,
  added_position   INTEGER NOT NULL,
  participant_no   INTEGER NOT NULL,
  removed_position INTEGER,
  PRIMARY KEY (tenant_no, room_no, target_position, mark, added_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reactions_standing ON reactions (tenant_no, room_no, target_position, mark, participant_no)
  WHERE removed_position IS NULL;

-- How many stand, so that nobody counts them; in the order of the earliest that stands.
CREATE TABLE reaction_counts (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  target_position INTEGER NOT NULL,
  mark            TEXT NOT NULL,
  standing        INTEGER NOT NULL,
  first_position  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, mark)
) STRICT, WITHOUT ROWID;

-- Whose contents a redaction took: its target's, and those of the target's edits and reactions.
CREATE TABLE redactions (
  tenant_no          INTEGER NOT NULL,
  room_no            INTEGER NOT NULL,
  position           INTEGER NOT NULL,
  redaction_position INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
) STRICT, WITHOUT ROWID;

-- Runs of events that lists leave out: edits, reactions, redactions. Lists step over them; a send writes nothing here.
CREATE TABLE unlisted (
  tenant_no      INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  first_position INTEGER NOT NULL,
  last_position  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, first_position)
) STRICT, WITHOUT ROWID;

-- Contents that lie in the blob store, each once in a tenant, or in the incognito room whose key seals it (room_no; 0
-- otherwise). `digest` is a keyed hash of the content: it finds an equal one and tells nobody what there was.
CREATE TABLE blobs (
  blob_no    INTEGER PRIMARY KEY,
  tenant_no  INTEGER NOT NULL REFERENCES tenants,
  blob_id    TEXT NOT NULL,
  room_no    INTEGER NOT NULL,
  digest     TEXT NOT NULL,
  size       INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX blobs_by_content ON blobs (tenant_no, room_no, digest);
CREATE UNIQUE INDEX blobs_by_id ON blobs (tenant_no, blob_id);

-- What was uploaded. Rows arrive in order, are emptied in place when they are deleted, and stay, as those of the log do:
-- what `said` held, names among it, must not be left anywhere (DEL3).
CREATE TABLE media (
  media_no     INTEGER PRIMARY KEY,
  tenant_no    INTEGER NOT NULL,
  media_id     TEXT NOT NULL,
  blob_no      INTEGER,
  -- JSON of name, sha256, MIME type and size in pixels; sealed with the content of an incognito room.
  said         TEXT,
  uploader_no  INTEGER NOT NULL,
  -- Of a thumbnail, which has no life of its own.
  thumbnail_of INTEGER,
  created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX media_by_id ON media (tenant_no, media_id);
CREATE INDEX media_by_blob ON media (tenant_no, blob_no) WHERE blob_no IS NOT NULL;
CREATE UNIQUE INDEX media_thumbnails ON media (tenant_no, thumbnail_of) WHERE thumbnail_of IS NOT NULL;

-- Media that no event names, since when: they are deleted after a while.
CREATE TABLE loose_media (
  tenant_no INTEGER NOT NULL,
  media_no  INTEGER NOT NULL,
  since     INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, media_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX loose_media_by_age ON loose_media (since);

-- Which medium the message or edit at a position names, and the message that it is part of.
CREATE TABLE media_refs (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  position        INTEGER NOT NULL,
  media_no        INTEGER NOT NULL,
  target_position INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX media_refs_by_medium ON media_refs (tenant_no, media_no, room_no, position);
CREATE INDEX media_refs_by_message ON media_refs (tenant_no, room_no, target_position, media_no, position);

-- Media that people of other servers sent: whose server has the bytes, and alone is asked for them (FD19), the room in which
-- they were said, and what they were said to be. The medium has no blob until they came, and were that.
CREATE TABLE foreign_media (
  tenant_no   INTEGER NOT NULL,
  media_no    INTEGER NOT NULL,
  server_name TEXT NOT NULL,
  room_no     INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  digest      TEXT NOT NULL,
  PRIMARY KEY (tenant_no, media_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX foreign_media_by_content ON foreign_media (tenant_no, server_name, digest);

-- Bytes a tenant's blobs have, so that nobody adds them up.
CREATE TABLE storage (
  tenant_no INTEGER PRIMARY KEY,
  bytes     INTEGER NOT NULL
) STRICT;

-- Blobs without a row, until their files are gone. Their ids are never used again.
CREATE TABLE removed_blobs (
  tenant_no INTEGER NOT NULL,
  blob_id   TEXT NOT NULL,
  PRIMARY KEY (tenant_no, blob_id)
) STRICT, WITHOUT ROWID;

-- Closed incognito rooms whose media are still there, though nobody can open them.
CREATE TABLE unswept_media (
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
) STRICT, WITHOUT ROWID;

-- Logs of bundles that were imported over several commits, and from which sequence to which. Until the last one is
-- there nobody sees the room, and there is no other row that says there is one; what a crash leaves is swept.
CREATE TABLE imports (
  tenant_no      INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  room_id        TEXT NOT NULL,
  participant_no INTEGER NOT NULL,
  first_seq      INTEGER NOT NULL,
  last_seq       INTEGER,
  PRIMARY KEY (tenant_no, room_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_by_person ON imports (tenant_no, participant_no, last_seq);

-- Where a person's stream cannot go on: cursors from the first sequence on, and below the last, lead nowhere, as what stood
-- there was given up (FD17). Of everybody in a tenant where the person is 0: the store was put back. Sequences go on above.
CREATE TABLE cuts (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  first_seq      INTEGER NOT NULL,
  last_seq       INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no)
) STRICT, WITHOUT ROWID;

-- Media that came with an import under way: they go where it does not end.
CREATE TABLE import_media (
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  media_id  TEXT NOT NULL,
  PRIMARY KEY (tenant_no, room_no, media_id)
) STRICT, WITHOUT ROWID;

-- What other servers' keys say to the proposals of their people, in rooms that are shared (FD4).
CREATE TABLE signatures (
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  key_id    TEXT NOT NULL,
  value     TEXT NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
) STRICT, WITHOUT ROWID;

-- Events of other servers' logs that came without what they say, as a redaction had taken it by then.
CREATE TABLE unsaid (
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
) STRICT, WITHOUT ROWID;

-- How far each server that a room is shared with has the room's log, which is the queue of what it is due (FD16).
CREATE TABLE deliveries (
  tenant_no          INTEGER NOT NULL,
  server_name        TEXT NOT NULL,
  room_no            INTEGER NOT NULL,
  -- Its people who are joined, and who are invited.
  joined             INTEGER NOT NULL,
  invited            INTEGER NOT NULL,
  -- Where its first of them joined: before it nothing was theirs to read. Null until then.
  first_position     INTEGER,
  -- The state that it was handed with that join, until it has confirmed anything: an answer can be lost.
  handover           TEXT,
  -- The last that it has said it has.
  confirmed_position INTEGER NOT NULL,
  -- The last that it is due, once nobody of it is left; null while it shares the room.
  last_position      INTEGER,
  -- How often in a row it has not taken the room, why the last time, and when it is asked again (Unix milliseconds).
  tries              INTEGER NOT NULL DEFAULT 0,
  last_error         TEXT,
  next_try_at        INTEGER,
  PRIMARY KEY (tenant_no, server_name, room_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_room ON deliveries (tenant_no, room_no, server_name);

-- What other servers are to be told besides the logs they share: by reference, each until it is told.
CREATE TABLE outgoing (
  tenant_no   INTEGER NOT NULL,
  server_name TEXT NOT NULL,
  number      INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  room_no     INTEGER NOT NULL,
  -- Of an invite: its event.
  position    INTEGER,
  -- Of a resignation: whose, and why. Of a profile: whose; room_no is 0 then.
  participant TEXT,
  cause       TEXT,
  PRIMARY KEY (tenant_no, server_name, number)
) STRICT, WITHOUT ROWID;

-- Our own people who are called something else since other servers were told of them.
CREATE TABLE changed_profiles (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no)
) STRICT, WITHOUT ROWID;

-- People of other servers: when it was last heard from there what they are called, and when it is to be asked next, if it is.
CREATE TABLE foreign_profiles (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  server_name    TEXT NOT NULL,
  heard_at       INTEGER,
  due_at         INTEGER,
  PRIMARY KEY (tenant_no, participant_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX foreign_profiles_due ON foreign_profiles (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX foreign_profiles_by_server ON foreign_profiles (tenant_no, server_name, due_at) WHERE due_at IS NOT NULL;

-- Rooms that another server orders, as far as more is known of them than their rows and logs say.
CREATE TABLE replicas (
  tenant_no       INTEGER NOT NULL,
  room_no         INTEGER NOT NULL,
  -- invited, live, paused, conflict, ended.
  state           TEXT NOT NULL,
  -- From here to its end the log is here without a gap; null while there is but an invite.
  oldest_position INTEGER,
  -- The state that the hub gave, which the rows are the fold of with all that came after it.
  base_position   INTEGER,
  base_state      TEXT,
  -- The newest head that the hub signed and that our log has reached.
  head            TEXT,
  -- Two heads of one position: that the hub has said both (FD17).
  proofs          TEXT,
  PRIMARY KEY (tenant_no, room_no)
) STRICT, WITHOUT ROWID;

-- What our people asked the hubs of other rooms to append, until it is known what became of it. Rows arrive in order, are
-- emptied in place and stay: what they said must not be left anywhere (DEL3).
CREATE TABLE proposals (
  number         INTEGER PRIMARY KEY,
  tenant_no      INTEGER NOT NULL,
  event_id       TEXT NOT NULL,
  server_name    TEXT NOT NULL,
  -- 0: of a room that is to begin with it.
  room_no        INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  event_uuid     TEXT,
  -- By which a repeat with the same Idempotency-Key is known, and one whose body is another.
  request        TEXT,
  request_body   TEXT,
  -- Unix milliseconds.
  asked_at       INTEGER NOT NULL,
  -- The whole event as it is submitted; null once its fate is known.
  proposed       TEXT,
  -- Of a direct room that is to begin with it: what is said before and after; null once its fate is known.
  opening        TEXT,
  -- waiting, sent, sequenced, refused.
  state          TEXT NOT NULL,
  -- Why it was refused.
  error          TEXT
) STRICT;
CREATE UNIQUE INDEX proposals_by_id ON proposals (tenant_no, event_id);
CREATE INDEX proposals_by_author ON proposals (tenant_no, room_no, participant_no);
CREATE INDEX proposals_settled ON proposals (asked_at) WHERE state NOT IN ('waiting', 'sent');
CREATE INDEX proposals_due ON proposals (tenant_no, server_name, number) WHERE state IN ('waiting', 'sent');

-- What somebody said in a room of another server that was taken, and refused there later: for whoever was away then (FD13).
CREATE TABLE refusals (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  event_id       TEXT NOT NULL,
  room_id        TEXT NOT NULL,
  error          TEXT NOT NULL,
  -- The tenant's newest sequence then, and when it was, Unix milliseconds.
  seq            INTEGER NOT NULL,
  at             INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_by_age ON refusals (at);

-- After the store was restored: who is still to be asked what of a room's log came after the backup. Until then nothing is
-- sequenced in it, where it is ours (FD17).
CREATE TABLE recoveries (
  tenant_no   INTEGER NOT NULL,
  room_no     INTEGER NOT NULL,
  server_name TEXT NOT NULL,
  -- Why it has not answered, or not rightly.
  last_error  TEXT,
  PRIMARY KEY (tenant_no, room_no, server_name)
) STRICT, WITHOUT ROWID;

-- Edits, reactions, redactions and replies in rooms of other servers that came before the event they are about: they count
-- once it is fetched.
CREATE TABLE orphans (
  tenant_no INTEGER NOT NULL,
  room_no   INTEGER NOT NULL,
  target_id TEXT NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_id, position)
) STRICT, WITHOUT ROWID;

-- Who of ours is going from a room of another server, whose log does not say so yet: they read and hear nothing more of it.
CREATE TABLE leavings (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  room_no        INTEGER NOT NULL,
  -- asked: their leave waits for that server; resigned: our server tells it; left: there is nobody to be asked any more.
  kind           TEXT NOT NULL,
  -- The leave that waits.
  event_id       TEXT,
  PRIMARY KEY (tenant_no, participant_no, room_no)
) STRICT, WITHOUT ROWID;

-- Answers kept for a repeat with the same Idempotency-Key: references, never content (AP6, DEL4).
CREATE TABLE receipts (
  tenant_no      INTEGER NOT NULL,
  participant_no INTEGER NOT NULL,
  operation      TEXT NOT NULL,
  key            TEXT NOT NULL,
  body_hash      TEXT NOT NULL,
  status         INTEGER NOT NULL,
  reference      TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, operation, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_by_age ON receipts (created_at);

-- What the planner takes for the size of things. Without it each tenant counts as ten rows, and a list of one person's
-- rooms walks the members of all. Fixed, so that a plan never changes with the data: rows in all, then for one value
-- of each further column of the key.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('participants', 'participants', '1000000 100000 1'),
  ('participants', 'participants_by_id', '1000000 100000 1'),
  ('participants', 'participants_by_fqid', '1000000 100000 1'),
  ('participants', 'participants_by_name', '1000000 100000 2 1'),
  ('participants', 'participants_by_kind', '1000000 100000 20000 10000'),
  ('participants', 'participants_with_roles', '100 10 1'),
  ('rooms', 'rooms', '1000000 100000 1'),
  ('rooms', 'rooms_by_id', '1000000 100000 1'),
  ('rooms', 'rooms_by_alias', '500000 50000 1'),
  ('rooms', 'rooms_by_pair', '500000 50000 20 1'),
  ('rooms', 'rooms_by_workspace', '500000 50000 20'),
  ('rooms', 'rooms_by_kind', '1000000 100000 25000 8000 1'),
  ('rooms', 'open_rooms', '500000 50000 50000 50000 20000 1'),
  ('rooms', 'public_rooms_by_activity', '50000 5000 5 1'),
  ('rooms', 'public_rooms_by_name', '50000 5000 2 1'),
  ('rooms', 'public_rooms_by_members', '50000 5000 50 1'),
  ('members', 'members', '10000000 1000000 20 1'),
  ('members', 'members_in_order', '10000000 1000000 20 10 1'),
  ('members', 'members_by_person', '10000000 1000000 100 50 1'),
  ('mentions', 'mentions', '2000000 200000 20 2 1'),
  ('mentions', 'mentions_by_message', '2000000 200000 100 1 1'),
  ('mentions', 'mentions_by_time', '2000000 200000 20 2 1'),
  ('audit', 'audit', '1000000 100000 1'),
  ('audit', 'audit_by_time', '1000000 100000 1 1'),
  ('audit', 'audit_by_actor', '1000000 100000 2000 1'),
  ('audit', 'audit_by_target', '1000000 100000 20 1'),
  ('audit', 'audit_by_room', '1000000 100000 10 1'),
  ('audit', 'audit_by_action', '1000000 100000 5000 1'),
  ('members', 'members_with_power', '1500000 150000 2 2');
ANALYZE sqlite_schema;
