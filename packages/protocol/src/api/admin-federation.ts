import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Nullable, OneOf, strict, Timestamp } from "./shapes.ts";

const tag = "admin";
const MOST_PEERS = 1000;

const PublicKey = Type.String({
  description: "`ed25519:` and the 32 bytes in base64.",
  examples: ["ed25519:qkLdCTbn3LjtaOsl2xGDg8SDvUWKjfa1ITwvx2g6wXk="],
});
const ServerName = Type.String({ minLength: 1, maxLength: 259, description: "A DNS name, with a port if not 443." });

export const FederationIdentity = Type.Object({
  server_name: ServerName,
  key_id: Type.String({ description: "The key in use." }),
  public_key: PublicKey,
  keys: Type.Array(
    Type.Object({
      key_id: Type.String(),
      public_key: PublicKey,
      valid_from: Timestamp,
      valid_until: Nullable(Timestamp),
      revoked_at: Nullable(Timestamp),
      introduced_by: Nullable(Type.String({ description: "The older key that other servers follow to this one." })),
    }),
    { description: "Every key ever used, the oldest first." },
  ),
  endpoints: Type.Object({ federation: Type.String() }),
});

export const getFederationIdentity = route({
  operationId: "getFederationIdentity",
  method: "GET",
  path: "/v1/admin/federation/identity",
  tag,
  summary: "Who the tenant is to other servers",
  access: "admin",
  statuses: [200],
  data: FederationIdentity,
  errors: [],
});

const MODES = ["closed", "invite_only", "open"] as const;
const Peers = Type.Array(ServerName, { maxItems: MOST_PEERS, uniqueItems: true });
const PolicyMembers = {
  default_mode: OneOf(MODES),
  allowed_peers: Peers,
  denied_peers: Peers,
  max_foreign_participants_per_room: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  max_backfill_events_per_request: Type.Integer({ minimum: 0, maximum: 1000 }),
  members_may_invite: Type.Boolean(),
  history_before_join: Type.Boolean(),
};

export const FederationPolicy = Type.Object(PolicyMembers);

export const getFederationPolicy = route({
  operationId: "getFederationPolicy",
  method: "GET",
  path: "/v1/admin/federation/policy",
  tag,
  summary: "With which servers the tenant shares",
  description:
    "`closed` lets no other server ask, or be asked, but those of `allowed_peers`; `invite_only` also those that a room is " +
    "shared with or was offered to; `open` all. `denied_peers` never.",
  access: "admin",
  statuses: [200],
  data: FederationPolicy,
  errors: [],
});

export const setFederationPolicy = route({
  operationId: "setFederationPolicy",
  method: "PUT",
  path: "/v1/admin/federation/policy",
  tag,
  summary: "Say with which servers the tenant shares",
  description: "What is left out stays as it is.",
  access: "admin",
  body: Type.Object(
    {
      default_mode: Type.Optional(PolicyMembers.default_mode),
      allowed_peers: Type.Optional(Peers),
      denied_peers: Type.Optional(Peers),
      max_foreign_participants_per_room: Type.Optional(PolicyMembers.max_foreign_participants_per_room),
      max_backfill_events_per_request: Type.Optional(PolicyMembers.max_backfill_events_per_request),
      members_may_invite: Type.Optional(PolicyMembers.members_may_invite),
      history_before_join: Type.Optional(PolicyMembers.history_before_join),
    },
    strict,
  ),
  statuses: [200],
  data: FederationPolicy,
  errors: [],
});

export const listFederationPeers = route({
  operationId: "listFederationPeers",
  method: "GET",
  path: "/v1/admin/federation/peers",
  tag,
  summary: "Other servers, and how far each has what is shared with it",
  description:
    "At most 1,000, by name. What a room's log says holds at a peer from the position on that it has confirmed: a ban is " +
    "enforced there once its position is.",
  access: "admin",
  statuses: [200],
  data: Type.Array(
    Type.Object({
      server_name: ServerName,
      state: OneOf(["ok", "failing", "not_trusted", "kept_out"] as const),
      last_seen: Nullable({
        ...Timestamp,
        description: "When its keys were last read from it and found right. It may have spoken since.",
      }),
      last_error: Nullable(Type.String({ description: "Why it could not be asked, or does not take what it is due." })),
      queued: Type.Integer({ minimum: 0, description: "Events and other news that it has not confirmed." }),
      oldest_queued_at: Nullable(Timestamp),
      rooms: Type.Array(
        Type.Object({
          room_id: Type.String(),
          head: Type.Integer({ minimum: 1, description: "Where the room's log ends." }),
          confirmed_position: Type.Integer({ minimum: 0, description: "Up to where the peer has it." }),
          parked: Nullable(
            Type.Object({
              reason: Type.String({ description: "What the peer answers: the code of its refusal, or `retry`." }),
              tries: Type.Integer({ minimum: 1, description: "How often in a row." }),
              next_try_at: Nullable(Timestamp),
            }),
          ),
        }),
        { description: "Rooms of this server that are, or were, shared with it." },
      ),
    }),
  ),
  errors: [],
});
