-- Internal numbers (tenant_no, room_no, participant_no) never leave the server: ids on the wire are opaque texts.
-- Every primary key and every unique one of a tenant's table starts with tenant_no, so that the tables can be distributed
-- by it; `tenants` itself is small and can be on every node. The names of tables, columns and keys are those of the
-- embedded store; texts compare by their bytes there, and so they do here.

CREATE TABLE tenants (
  tenant_no    bigint PRIMARY KEY,
  tenant_id    text COLLATE "C" NOT NULL UNIQUE,
  slug         text COLLATE "C" NOT NULL UNIQUE,
  name         text COLLATE "C" NOT NULL,
  server_name  text COLLATE "C" NOT NULL UNIQUE,
  limits       text COLLATE "C" NOT NULL,
  created_at   bigint NOT NULL,
  suspended_at bigint
);

CREATE TABLE tenant_keys (
  tenant_no   bigint NOT NULL REFERENCES tenants,
  key_id      text COLLATE "C" NOT NULL,
  public_key  text COLLATE "C" NOT NULL,
  private_key text COLLATE "C" NOT NULL,
  valid_from  bigint NOT NULL,
  valid_until bigint,
  revoked_at  bigint,
  -- The older key that gave its word for this one, and the signature that is its word (FD3).
  introduced_by text COLLATE "C",
  introduction  text COLLATE "C",
  PRIMARY KEY (tenant_no, key_id)
);

-- With which servers a tenant shares; without a row, with none.
CREATE TABLE federation_policies (
  tenant_no bigint PRIMARY KEY REFERENCES tenants,
  policy    text COLLATE "C" NOT NULL
);

-- Other servers that a tenant has seen, with the keys that are pinned for each.
CREATE TABLE peers (
  tenant_no    bigint NOT NULL REFERENCES tenants,
  server_name  text COLLATE "C" NOT NULL,
  -- JSON of every key; empty until the first descriptor.
  keys         text COLLATE "C" NOT NULL,
  -- A key that an administrator vouches for, until a descriptor has it.
  trusted_key  text COLLATE "C",
  -- What it offers now is not introduced by what is pinned: the reason, until it is or an administrator says so.
  key_fault    text COLLATE "C",
  first_seen   bigint NOT NULL,
  -- When its descriptor was last fetched and found right; and why the last try failed, if it did.
  refreshed_at bigint,
  last_error   text COLLATE "C",
  PRIMARY KEY (tenant_no, server_name)
);

-- Requests of other servers that were taken, until their signatures have expired: none is taken twice (FD2).
CREATE TABLE peer_nonces (
  tenant_no   bigint NOT NULL REFERENCES tenants,
  server_name text COLLATE "C" NOT NULL,
  key_id      text COLLATE "C" NOT NULL,
  nonce       text COLLATE "C" NOT NULL,
  kept_until  bigint NOT NULL,
  PRIMARY KEY (tenant_no, server_name, key_id, nonce)
);
CREATE INDEX peer_nonces_by_age ON peer_nonces (kept_until);

CREATE TABLE participants (
  tenant_no             bigint NOT NULL REFERENCES tenants,
  participant_no        bigint NOT NULL,
  participant_id        text COLLATE "C" NOT NULL,
  fqid                  text COLLATE "C" NOT NULL,
  local_id              text COLLATE "C" NOT NULL,
  server_name           text COLLATE "C" NOT NULL,
  participant_type      text COLLATE "C" NOT NULL,
  display_name          text COLLATE "C" NOT NULL,
  search_text           text COLLATE "C" NOT NULL,
  avatar_url            text COLLATE "C",
  roles                 text COLLATE "C" NOT NULL,
  default_mode          text COLLATE "C" NOT NULL,
  locale                text COLLATE "C",
  timezone              text COLLATE "C",
  auto_join             bigint NOT NULL,
  personal_workspace_id text COLLATE "C",
  created_at            bigint NOT NULL,
  -- The first `POST /v1/auth/register`.
  registered_at         bigint,
  deactivated_at        bigint,
  PRIMARY KEY (tenant_no, participant_no)
);
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
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  done_room_no   bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no)
);

-- One-time links that make somebody an admin, by the SHA-256 of their code (AU10).
CREATE TABLE admin_links (
  tenant_no  bigint NOT NULL REFERENCES tenants,
  code_hash  text COLLATE "C" NOT NULL,
  -- Whom it is for, where the operator said so.
  local_id   text COLLATE "C",
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at    bigint,
  PRIMARY KEY (tenant_no, code_hash)
);
-- Not unique, since the tenant is what it finds: a hash of 256 random bits is one by itself.
CREATE INDEX admin_links_by_code ON admin_links (code_hash);

CREATE TABLE tokens (
  tenant_no      bigint NOT NULL REFERENCES tenants,
  token_id       text COLLATE "C" NOT NULL,
  token_hash     text COLLATE "C" NOT NULL,
  participant_no bigint NOT NULL,
  name           text COLLATE "C" NOT NULL,
  scopes         text COLLATE "C" NOT NULL,
  created_at     bigint NOT NULL,
  expires_at     bigint,
  revoked_at     bigint,
  PRIMARY KEY (tenant_no, token_id)
);
-- Not unique, for the same reason.
CREATE INDEX tokens_by_hash ON tokens (token_hash);
CREATE INDEX tokens_by_participant ON tokens (tenant_no, participant_no, token_id);

CREATE TABLE workspaces (
  tenant_no    bigint NOT NULL REFERENCES tenants,
  workspace_id text COLLATE "C" NOT NULL,
  slug         text COLLATE "C" NOT NULL,
  name         text COLLATE "C" NOT NULL,
  personal_of  bigint,
  created_at   bigint NOT NULL,
  PRIMARY KEY (tenant_no, workspace_id)
);
CREATE UNIQUE INDEX workspaces_by_slug ON workspaces (tenant_no, slug);
CREATE UNIQUE INDEX workspaces_by_person ON workspaces (tenant_no, personal_of) WHERE personal_of IS NOT NULL;

CREATE TABLE workspace_members (
  tenant_no      bigint NOT NULL,
  workspace_id   text COLLATE "C" NOT NULL,
  participant_no bigint NOT NULL,
  role           text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, workspace_id, participant_no),
  FOREIGN KEY (tenant_no, workspace_id) REFERENCES workspaces ON DELETE CASCADE
);
CREATE INDEX workspace_members_by_person ON workspace_members (tenant_no, participant_no, workspace_id);

-- The log. `ordinal` counts the room's messages up to and including this event.
CREATE TABLE events (
  tenant_no    bigint NOT NULL,
  room_no      bigint NOT NULL,
  position     bigint NOT NULL,
  seq          bigint NOT NULL,
  event_id     text COLLATE "C" NOT NULL,
  event_type   text COLLATE "C" NOT NULL,
  sender       text COLLATE "C",
  acted_by     text COLLATE "C",
  origin_ts    bigint NOT NULL,
  hub_ts       bigint NOT NULL,
  imported     bigint NOT NULL,
  ordinal      bigint NOT NULL,
  event_uuid   text COLLATE "C",
  content      text COLLATE "C",
  salt         text COLLATE "C",
  content_hash text COLLATE "C" NOT NULL,
  hash         text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
);
CREATE UNIQUE INDEX events_by_id ON events (tenant_no, event_id, room_no);
CREATE UNIQUE INDEX events_by_seq ON events (tenant_no, seq);
CREATE UNIQUE INDEX events_by_uuid ON events (tenant_no, room_no, sender, event_uuid) WHERE event_uuid IS NOT NULL;
-- Messages that were redacted: unread counts leave them out (RD2).
CREATE INDEX events_wiped ON events (tenant_no, room_no, position)
  WHERE content IS NULL AND event_type = 'swp.room.message' AND imported = 0;

-- The keys of incognito rooms, null from their close on (DEL2).
CREATE TABLE room_keys (
  key_no    bigint GENERATED BY DEFAULT AS IDENTITY,
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  key       bytea,
  PRIMARY KEY (tenant_no, room_no)
);

-- Closed incognito rooms whose rows still hold what nobody can open.
CREATE TABLE unswept_rooms (
  tenant_no      bigint NOT NULL,
  room_no        bigint NOT NULL,
  swept_position bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
);

CREATE TABLE rooms (
  tenant_no      bigint NOT NULL REFERENCES tenants,
  room_no        bigint NOT NULL,
  room_id        text COLLATE "C" NOT NULL,
  alias          text COLLATE "C",
  room_type      text COLLATE "C" NOT NULL,
  scope_kind     text COLLATE "C",
  name           text COLLATE "C",
  topic          text COLLATE "C",
  is_public      bigint NOT NULL,
  close_on_leave bigint NOT NULL,
  workspace_id   text COLLATE "C",
  creator        text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  federated      bigint NOT NULL,
  hub            text COLLATE "C" NOT NULL,
  joined_count   bigint NOT NULL,
  invited_count  bigint NOT NULL,
  admin_count    bigint NOT NULL,
  created_at     bigint NOT NULL,
  archived_at    bigint,
  closed_at      bigint,
  -- The minute of the last event, so that a busy room is re-sorted once a minute and not at each send.
  active_at      bigint NOT NULL,
  -- Both sides of a DM, the smaller participant_no first (DM1).
  dm_low         bigint,
  dm_high        bigint,
  sort_name      text COLLATE "C" NOT NULL,
  search_text    text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
);
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
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  participant_no  bigint NOT NULL,
  membership      text COLLATE "C" NOT NULL,
  power_level     bigint NOT NULL,
  -- Where the present or last stay began.
  joined_position bigint,
  joined_at       bigint,
  -- Where the last stay ended: the last position that someone who left may read (MB10).
  left_position   bigint,
  invited_by      text COLLATE "C",
  cause           text COLLATE "C",
  -- Whether the event that made the row gives one: the text is there alone.
  has_reason      bigint NOT NULL,
  ban_expires_at  bigint,
  -- Power at a leave by one's own will, which decides who may restore (LC5).
  power_at_leave  bigint,
  -- The event that made the row what it is.
  position        bigint NOT NULL,
  -- The order of lists: where a joined member's stay began, for others where their row was made.
  listed_position bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, participant_no)
);
CREATE UNIQUE INDEX members_in_order ON members (tenant_no, room_no, membership, listed_position);
CREATE INDEX members_by_person ON members (tenant_no, participant_no, membership, room_no);
CREATE INDEX members_with_power ON members (tenant_no, room_no, power_level) WHERE membership = 'join' AND power_level > 0;

-- Every member event by whom it is about: when somebody was joined, for streams that resume (ST2, ST3).
CREATE TABLE standings (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  room_no        bigint NOT NULL,
  position       bigint NOT NULL,
  seq            bigint NOT NULL,
  membership     text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no, position)
);

-- Personal settings: the member's own rows, no part of the log.
CREATE TABLE reading (
  tenant_no         bigint NOT NULL,
  participant_no    bigint NOT NULL,
  room_no           bigint NOT NULL,
  read_position     bigint NOT NULL,
  read_ordinal      bigint NOT NULL,
  notification_mode text COLLATE "C" NOT NULL,
  muted_until       bigint,
  PRIMARY KEY (tenant_no, participant_no, room_no)
);

-- Who a message mentions, as its newest content says; participant_no 0 is `@room`.
CREATE TABLE mentions (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  room_no        bigint NOT NULL,
  -- The message's.
  position       bigint NOT NULL,
  seq            bigint NOT NULL,
  -- The event that brought the mention: the message itself, or an edit of it. Whom an event notifies are those it brought.
  made_position  bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no, position)
);
CREATE UNIQUE INDEX mentions_by_message ON mentions (tenant_no, room_no, position, participant_no);
CREATE INDEX mentions_by_time ON mentions (tenant_no, participant_no, room_no, seq);

-- Which message answers which. `ordinal` counts all replies to the same event up to this one, so that those a former
-- member has seen are counted by the last of them. A redacted reply has left the thread and keeps its ordinal.
CREATE TABLE replies (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  target_position bigint NOT NULL,
  redacted        bigint NOT NULL,
  position        bigint NOT NULL,
  ordinal         bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, redacted, position)
);
CREATE UNIQUE INDEX replies_by_position ON replies (tenant_no, room_no, position);

-- The events that were answered: how often ever, and how many of those replies were redacted.
CREATE TABLE threads (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  target_position bigint NOT NULL,
  replied         bigint NOT NULL,
  redacted        bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position)
);

-- Who did what to whom: moderation as the log has it, and administration. Never content; kept for good.
CREATE TABLE audit (
  tenant_no  bigint NOT NULL REFERENCES tenants,
  number     bigint NOT NULL,
  -- Never less than in the record before, so that a range of times is a range of numbers.
  at         bigint NOT NULL,
  action     text COLLATE "C" NOT NULL,
  -- FQIDs: of people, `@:server_name` for the server itself, or `operator`.
  actor      text COLLATE "C" NOT NULL,
  target     text COLLATE "C",
  room_id    text COLLATE "C",
  -- The event of the room's log that says the same.
  event_id   text COLLATE "C",
  details    text COLLATE "C" NOT NULL,
  request_id text COLLATE "C",
  PRIMARY KEY (tenant_no, number)
);
CREATE INDEX audit_by_time ON audit (tenant_no, at, number);
CREATE INDEX audit_by_actor ON audit (tenant_no, actor, number);
CREATE INDEX audit_by_target ON audit (tenant_no, target, number) WHERE target IS NOT NULL;
CREATE INDEX audit_by_room ON audit (tenant_no, room_id, number) WHERE room_id IS NOT NULL;
CREATE INDEX audit_by_action ON audit (tenant_no, action, number);

-- Which edits a message or custom event has: the newest is what it says. Wiped ones are in `redactions` alone.
CREATE TABLE edits (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  target_position bigint NOT NULL,
  position        bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, position)
);

-- Who reacted with what, from the event that added it to the one that removed it: former members see what stood when
-- they went (MB10).
CREATE TABLE reactions (
  tenant_no        bigint NOT NULL,
  room_no          bigint NOT NULL,
  target_position  bigint NOT NULL,
  -- Stands for the emoji, which is in the event that added it.
  mark             text COLLATE "C" NOT NULL,
  added_position   bigint NOT NULL,
  participant_no   bigint NOT NULL,
  removed_position bigint,
  PRIMARY KEY (tenant_no, room_no, target_position, mark, added_position)
);
CREATE UNIQUE INDEX reactions_standing ON reactions (tenant_no, room_no, target_position, mark, participant_no)
  WHERE removed_position IS NULL;

-- How many stand, so that nobody counts them; in the order of the earliest that stands.
CREATE TABLE reaction_counts (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  target_position bigint NOT NULL,
  mark            text COLLATE "C" NOT NULL,
  standing        bigint NOT NULL,
  first_position  bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_position, mark)
);

-- Whose contents a redaction took: its target's, and those of the target's edits and reactions.
CREATE TABLE redactions (
  tenant_no          bigint NOT NULL,
  room_no            bigint NOT NULL,
  position           bigint NOT NULL,
  redaction_position bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
);

-- Runs of events that lists leave out: edits, reactions, redactions. Lists step over them; a send writes nothing here.
CREATE TABLE unlisted (
  tenant_no      bigint NOT NULL,
  room_no        bigint NOT NULL,
  first_position bigint NOT NULL,
  last_position  bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, first_position)
);

-- Contents that lie in the blob store, each once in a tenant, or in the incognito room whose key seals it (room_no; 0
-- otherwise). `digest` is a keyed hash of the content: it finds an equal one and tells nobody what there was.
CREATE TABLE blobs (
  blob_no    bigint GENERATED BY DEFAULT AS IDENTITY,
  tenant_no  bigint NOT NULL REFERENCES tenants,
  blob_id    text COLLATE "C" NOT NULL,
  room_no    bigint NOT NULL,
  digest     text COLLATE "C" NOT NULL,
  size       bigint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant_no, blob_no)
);
CREATE UNIQUE INDEX blobs_by_content ON blobs (tenant_no, room_no, digest);
-- For whoever goes over all of them.
CREATE INDEX blobs_by_no ON blobs (blob_no);
CREATE UNIQUE INDEX blobs_by_id ON blobs (tenant_no, blob_id);

-- What was uploaded. Rows are emptied when they are deleted, and stay.
CREATE TABLE media (
  media_no     bigint GENERATED BY DEFAULT AS IDENTITY,
  tenant_no    bigint NOT NULL,
  media_id     text COLLATE "C" NOT NULL,
  blob_no      bigint,
  -- JSON of name, sha256, MIME type and size in pixels; sealed with the content of an incognito room.
  said         text COLLATE "C",
  uploader_no  bigint NOT NULL,
  -- Of a thumbnail, which has no life of its own.
  thumbnail_of bigint,
  created_at   bigint NOT NULL,
  PRIMARY KEY (tenant_no, media_no)
);
CREATE UNIQUE INDEX media_by_id ON media (tenant_no, media_id);
CREATE INDEX media_by_blob ON media (tenant_no, blob_no) WHERE blob_no IS NOT NULL;
CREATE UNIQUE INDEX media_thumbnails ON media (tenant_no, thumbnail_of) WHERE thumbnail_of IS NOT NULL;

-- Media that no event names, since when: they are deleted after a while.
CREATE TABLE loose_media (
  tenant_no bigint NOT NULL,
  media_no  bigint NOT NULL,
  since     bigint NOT NULL,
  PRIMARY KEY (tenant_no, media_no)
);
CREATE INDEX loose_media_by_age ON loose_media (since);

-- Which medium the message or edit at a position names, and the message that it is part of.
CREATE TABLE media_refs (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  position        bigint NOT NULL,
  media_no        bigint NOT NULL,
  target_position bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
);
CREATE UNIQUE INDEX media_refs_by_medium ON media_refs (tenant_no, media_no, room_no, position);
CREATE INDEX media_refs_by_message ON media_refs (tenant_no, room_no, target_position, media_no, position);

-- Media that people of other servers sent: whose server has the bytes, and alone is asked for them (FD19), the room in which
-- they were said, and what they were said to be. The medium has no blob until they came, and were that.
CREATE TABLE foreign_media (
  tenant_no   bigint NOT NULL,
  media_no    bigint NOT NULL,
  server_name text COLLATE "C" NOT NULL,
  room_no     bigint NOT NULL,
  size        bigint NOT NULL,
  digest      text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, media_no)
);
CREATE INDEX foreign_media_by_content ON foreign_media (tenant_no, server_name, digest);

-- Bytes a tenant's blobs have, so that nobody adds them up.
CREATE TABLE storage (
  tenant_no bigint NOT NULL PRIMARY KEY,
  bytes     bigint NOT NULL
);

-- Blobs without a row, until their files are gone. Their ids are never used again.
CREATE TABLE removed_blobs (
  tenant_no bigint NOT NULL,
  blob_id   text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, blob_id)
);

-- Closed incognito rooms whose media are still there, though nobody can open them.
CREATE TABLE unswept_media (
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no)
);

-- Logs of bundles that were imported over several commits, and from which sequence to which. Until the last one is
-- there nobody sees the room, and there is no other row that says there is one; what a crash leaves is swept.
CREATE TABLE imports (
  tenant_no      bigint NOT NULL,
  room_no        bigint NOT NULL,
  room_id        text COLLATE "C" NOT NULL,
  participant_no bigint NOT NULL,
  first_seq      bigint NOT NULL,
  last_seq       bigint,
  PRIMARY KEY (tenant_no, room_no)
);
CREATE INDEX imports_by_person ON imports (tenant_no, participant_no, last_seq);

-- Where a person's stream cannot go on: cursors from the first sequence on, and below the last, lead nowhere, as what stood
-- there was given up (FD17). Of everybody in a tenant where the person is 0: the store was put back. Sequences go on above.
CREATE TABLE cuts (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  room_no        bigint NOT NULL,
  first_seq      bigint NOT NULL,
  last_seq       bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, room_no)
);

-- Media that came with an import under way: they go where it does not end.
CREATE TABLE import_media (
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  media_id  text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, room_no, media_id)
);

-- What other servers' keys say to the proposals of their people, in rooms that are shared (FD4).
CREATE TABLE signatures (
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  position  bigint NOT NULL,
  key_id    text COLLATE "C" NOT NULL,
  value     text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
);

-- Events of other servers' logs that came without what they say, as a redaction had taken it by then.
CREATE TABLE unsaid (
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, position)
);

-- How far each server that a room is shared with has the room's log, which is the queue of what it is due (FD16).
CREATE TABLE deliveries (
  tenant_no          bigint NOT NULL,
  server_name        text COLLATE "C" NOT NULL,
  room_no            bigint NOT NULL,
  -- Its people who are joined, and who are invited.
  joined             bigint NOT NULL,
  invited            bigint NOT NULL,
  -- Where its first of them joined: before it nothing was theirs to read. Null until then.
  first_position     bigint,
  -- The state that it was handed with that join, until it has confirmed anything: an answer can be lost.
  handover           text COLLATE "C",
  -- The last that it has said it has.
  confirmed_position bigint NOT NULL,
  -- The last that it is due, once nobody of it is left; null while it shares the room.
  last_position      bigint,
  -- How often in a row it has not taken the room, why the last time, and when it is asked again (Unix milliseconds).
  tries              bigint NOT NULL DEFAULT 0,
  last_error         text COLLATE "C",
  next_try_at        bigint,
  PRIMARY KEY (tenant_no, server_name, room_no)
);
CREATE INDEX deliveries_by_room ON deliveries (tenant_no, room_no, server_name);

-- What other servers are to be told besides the logs they share: by reference, each until it is told.
CREATE TABLE outgoing (
  tenant_no   bigint NOT NULL,
  server_name text COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  room_no     bigint NOT NULL,
  -- Of an invite: its event.
  position    bigint,
  -- Of a resignation: whose, and why. Of a profile: whose; room_no is 0 then.
  participant text COLLATE "C",
  cause       text COLLATE "C",
  PRIMARY KEY (tenant_no, server_name, number)
);

-- Our own people who are called something else since other servers were told of them.
CREATE TABLE changed_profiles (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no)
);

-- People of other servers: when it was last heard from there what they are called, and when it is to be asked next, if it is.
CREATE TABLE foreign_profiles (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  server_name    text COLLATE "C" NOT NULL,
  heard_at       bigint,
  due_at         bigint,
  PRIMARY KEY (tenant_no, participant_no)
);
CREATE INDEX foreign_profiles_due ON foreign_profiles (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX foreign_profiles_by_server ON foreign_profiles (tenant_no, server_name, due_at) WHERE due_at IS NOT NULL;

-- Rooms that another server orders, as far as more is known of them than their rows and logs say.
CREATE TABLE replicas (
  tenant_no       bigint NOT NULL,
  room_no         bigint NOT NULL,
  -- invited, live, paused, conflict, ended.
  state           text COLLATE "C" NOT NULL,
  -- From here to its end the log is here without a gap; null while there is but an invite.
  oldest_position bigint,
  -- The state that the hub gave, which the rows are the fold of with all that came after it.
  base_position   bigint,
  base_state      text COLLATE "C",
  -- The newest head that the hub signed and that our log has reached.
  head            text COLLATE "C",
  -- Two heads of one position: that the hub has said both (FD17).
  proofs          text COLLATE "C",
  PRIMARY KEY (tenant_no, room_no)
);

-- What our people asked the hubs of other rooms to append, until it is known what became of it. Rows arrive in order, are
-- emptied in place and stay: what they said must not be left anywhere (DEL3).
CREATE TABLE proposals (
  number         bigint GENERATED ALWAYS AS IDENTITY,
  tenant_no      bigint NOT NULL,
  event_id       text COLLATE "C" NOT NULL,
  server_name    text COLLATE "C" NOT NULL,
  -- 0: of a room that is to begin with it.
  room_no        bigint NOT NULL,
  participant_no bigint NOT NULL,
  event_uuid     text COLLATE "C",
  -- By which a repeat with the same Idempotency-Key is known, and one whose body is another.
  request        text COLLATE "C",
  request_body   text COLLATE "C",
  -- Unix milliseconds.
  asked_at       bigint NOT NULL,
  -- The whole event as it is submitted; null once its fate is known.
  proposed       text COLLATE "C",
  -- Of a direct room that is to begin with it: what is said before and after; null once its fate is known.
  opening        text COLLATE "C",
  -- waiting, sent, sequenced, refused.
  state          text COLLATE "C" NOT NULL,
  -- Why it was refused.
  error          text COLLATE "C",
  PRIMARY KEY (tenant_no, number)
);
CREATE UNIQUE INDEX proposals_by_id ON proposals (tenant_no, event_id);
CREATE INDEX proposals_by_author ON proposals (tenant_no, room_no, participant_no);
CREATE INDEX proposals_settled ON proposals (asked_at) WHERE state NOT IN ('waiting', 'sent');
CREATE INDEX proposals_due ON proposals (tenant_no, server_name, number) WHERE state IN ('waiting', 'sent');

-- What somebody said in a room of another server that was taken, and refused there later: for whoever was away then (FD13).
CREATE TABLE refusals (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  event_id       text COLLATE "C" NOT NULL,
  room_id        text COLLATE "C" NOT NULL,
  error          text COLLATE "C" NOT NULL,
  -- The tenant's newest sequence then, and when it was, Unix milliseconds.
  seq            bigint NOT NULL,
  at             bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, event_id)
);
CREATE INDEX refusals_by_age ON refusals (at);

-- After the store was restored: who is still to be asked what of a room's log came after the backup. Until then nothing is
-- sequenced in it, where it is ours (FD17).
CREATE TABLE recoveries (
  tenant_no   bigint NOT NULL,
  room_no     bigint NOT NULL,
  server_name text COLLATE "C" NOT NULL,
  -- Why it has not answered, or not rightly.
  last_error  text COLLATE "C",
  PRIMARY KEY (tenant_no, room_no, server_name)
);

-- Edits, reactions, redactions and replies in rooms of other servers that came before the event they are about: they count
-- once it is fetched.
CREATE TABLE orphans (
  tenant_no bigint NOT NULL,
  room_no   bigint NOT NULL,
  target_id text COLLATE "C" NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (tenant_no, room_no, target_id, position)
);

-- Who of ours is going from a room of another server, whose log does not say so yet: they read and hear nothing more of it.
CREATE TABLE leavings (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  room_no        bigint NOT NULL,
  -- asked: their leave waits for that server; resigned: our server tells it; left: there is nobody to be asked any more.
  kind           text COLLATE "C" NOT NULL,
  -- The leave that waits.
  event_id       text COLLATE "C",
  PRIMARY KEY (tenant_no, participant_no, room_no)
);

-- Answers kept for a repeat with the same Idempotency-Key: references, never content (AP6, DEL4).
CREATE TABLE receipts (
  tenant_no      bigint NOT NULL,
  participant_no bigint NOT NULL,
  operation      text COLLATE "C" NOT NULL,
  key            text COLLATE "C" NOT NULL,
  body_hash      text COLLATE "C" NOT NULL,
  status         bigint NOT NULL,
  reference      text COLLATE "C" NOT NULL,
  created_at     bigint NOT NULL,
  PRIMARY KEY (tenant_no, participant_no, operation, key)
);
CREATE INDEX receipts_by_age ON receipts (created_at);

-- Functions of the embedded engine, so that statements are one text for both: a JSON list of numbers as rows; where a text
-- is found in another, 0 for nowhere; whether a text is JSON; and a member of a JSON object, named `$.name`, of which an
-- escaped NUL, that no text here can hold, is another character that says nothing.
CREATE FUNCTION json_each(list text) RETURNS TABLE (value bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 50 AS
  'SELECT n::bigint FROM json_array_elements_text(list::json) AS n';
CREATE FUNCTION instr(whole text, part text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  'SELECT strpos(whole, part)';
CREATE FUNCTION json_valid(said text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  PERFORM said::json;
  RETURN true;
EXCEPTION WHEN data_exception OR syntax_error_or_access_rule_violation THEN
  RETURN false;
END $$;
CREATE FUNCTION json_extract(said text, path text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  'SELECT replace(said, ''\u0000'', ''\ufffd'')::json ->> substr(path, 3)';
