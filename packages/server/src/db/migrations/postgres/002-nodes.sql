-- What nodes that share this store know of each other. The embedded store has one node, and none of this.

-- What they share and keep to themselves.
CREATE TABLE secrets (
  name  text COLLATE "C" PRIMARY KEY,
  bytes bytea NOT NULL
);

-- The processes that use the store; each raises its beat for as long as it lives.
CREATE TABLE nodes (
  node_id text COLLATE "C" PRIMARY KEY,
  beat    bigint NOT NULL
);

-- What one of them does for all. It goes with its holder.
CREATE TABLE leases (
  name   text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL
);

-- Of what a tenant may do only so much at one time. It goes with its holder.
CREATE TABLE places (
  tenant_no      bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  place_id       text COLLATE "C" NOT NULL,
  participant_no bigint NOT NULL,
  holder         text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_no, kind, place_id)
);

-- Tickets for streams that were used, until they would have ended.
CREATE TABLE spent_tickets (
  tenant_no  bigint NOT NULL,
  ticket_id  text COLLATE "C" NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant_no, ticket_id)
);

-- What changed that is no event and that nodes remember, numbered in the order of a tenant's commits: each node reads on
-- from where it is. Written by the store itself, so that nothing that writes those tables can leave it out.
CREATE TABLE changes (
  tenant_no      bigint NOT NULL,
  number         bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  participant_no bigint,
  room_no        bigint,
  at             bigint NOT NULL,
  PRIMARY KEY (tenant_no, number)
);
CREATE INDEX changes_by_age ON changes (at);

CREATE FUNCTION note_change(tenant bigint, what text, participant bigint, room bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO changes (tenant_no, number, kind, participant_no, room_no, at)
  SELECT tenant, coalesce(max(number), 0) + 1, what, participant, room, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM changes WHERE tenant_no = tenant
$$;

CREATE FUNCTION tenant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(NEW.tenant_no, 'standing', NULL, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER tenant_changed AFTER UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_changed();

CREATE FUNCTION participant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(NEW.tenant_no, 'standing', NEW.participant_no, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER participant_changed AFTER UPDATE ON participants FOR EACH ROW EXECUTE FUNCTION participant_changed();
CREATE TRIGGER token_revoked AFTER UPDATE OF revoked_at ON tokens FOR EACH ROW EXECUTE FUNCTION participant_changed();

CREATE FUNCTION settings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(NEW.tenant_no, 'settings', NEW.participant_no, NEW.room_no);
  RETURN NULL;
END $$;
CREATE TRIGGER settings_changed AFTER UPDATE OF notification_mode, muted_until ON reading
  FOR EACH ROW EXECUTE FUNCTION settings_changed();

CREATE FUNCTION leaving_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(coalesce(NEW.tenant_no, OLD.tenant_no), 'settings', coalesce(NEW.participant_no, OLD.participant_no),
    coalesce(NEW.room_no, OLD.room_no));
  RETURN NULL;
END $$;
CREATE TRIGGER leaving_changed AFTER INSERT OR DELETE ON leavings FOR EACH ROW EXECUTE FUNCTION leaving_changed();

CREATE FUNCTION import_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(NEW.tenant_no, 'sight', NEW.participant_no, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER import_ended AFTER UPDATE OF last_seq ON imports FOR EACH ROW EXECUTE FUNCTION import_ended();

CREATE FUNCTION stream_cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(NEW.tenant_no, 'sight', NEW.participant_no, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER stream_cut AFTER INSERT OR UPDATE ON cuts FOR EACH ROW EXECUTE FUNCTION stream_cut();
