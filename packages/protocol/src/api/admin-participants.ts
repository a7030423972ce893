import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { Scopes, Token } from "./participants.ts";
import { route } from "./route.ts";
import {
  Cursor,
  Id,
  Limit,
  Nullable,
  OneOf,
  PageMeta,
  ParticipantSummary,
  ParticipantTypeName,
  strict,
  Timestamp,
} from "./shapes.ts";

const tag = "admin";
const base = "/v1/admin/participants";
const one = `${base}/{participant_id}`;
const params = Type.Object({ participant_id: Id }, strict);

/** A participant as the tenant's admins see them. */
export const ManagedParticipant = Type.Object({
  ...ParticipantSummary.properties,
  roles: Type.Array(Type.String()),
  auto_join: Type.Boolean(),
  created_at: Timestamp,
  deactivated_at: Nullable(Timestamp),
  leaving: Type.Boolean({ description: "Deactivated, and still being taken out of their rooms." }),
});

/** A token as it is shown once, when it is minted. */
const MintedToken = Type.Object({ ...Token.properties, token: Type.String() });

const NewToken = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.tokenNameLength })),
  scopes: Type.Optional(Scopes),
  expires_at: Type.Optional(Nullable(Timestamp)),
};
const DisplayName = Type.String({ minLength: 1, maxLength: 4 * LIMITS.displayNameLength });

export const listManagedParticipants = route({
  operationId: "listManagedParticipants",
  method: "GET",
  path: base,
  tag,
  summary: "List the tenant's people, bots and agents, deactivated ones too",
  description: "By display name. Without `type`, everybody of this server; without `status`, both kinds.",
  access: "admin",
  query: Type.Object(
    {
      q: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.queryLength })),
      type: Type.Optional(ParticipantTypeName),
      status: Type.Optional(OneOf(["active", "deactivated"])),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(ManagedParticipant),
  meta: PageMeta,
  errors: [],
});

export const createParticipant = route({
  operationId: "createParticipant",
  method: "POST",
  path: base,
  tag,
  summary: "Make a bot or an agent, with a token",
  description:
    "Local ids are for ever: one that is or was somebody's is refused. People come by signing in. `token` is shown in " +
    "this answer and never again; `token: null` makes none.",
  access: "admin",
  body: Type.Object(
    {
      local_id: Type.String({ minLength: 1, maxLength: 64 }),
      participant_type: OneOf(["bot", "agent"]),
      display_name: Type.Optional(DisplayName),
      auto_join: Type.Optional(Type.Boolean()),
      token: Type.Optional(Nullable(Type.Object(NewToken, strict))),
    },
    strict,
  ),
  statuses: [201],
  data: Type.Object({ ...ManagedParticipant.properties, token: Nullable(MintedToken) }),
  errors: ["SW_TENANT_CAPACITY"],
});

export const getManagedParticipant = route({
  operationId: "getManagedParticipant",
  method: "GET",
  path: one,
  tag,
  summary: "One of the tenant's people, bots and agents",
  access: "admin",
  params,
  statuses: [200],
  data: ManagedParticipant,
  errors: ["SW_PARTICIPANT_NOT_FOUND"],
});

export const updateParticipant = route({
  operationId: "updateParticipant",
  method: "PATCH",
  path: one,
  tag,
  summary: "Change somebody's roles or name, or whether a bot accepts invites at once",
  description: "`roles` replaces all. The last admin keeps the role (AU8); bots and agents never have it.",
  access: "admin",
  params,
  body: Type.Object(
    {
      display_name: Type.Optional(DisplayName),
      roles: Type.Optional(Type.Array(Type.Literal("admin"), { maxItems: 1 })),
      auto_join: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  statuses: [200],
  data: ManagedParticipant,
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_ROOM_LAST_ADMIN", "SW_MEMBER_STATE"],
});

export const deactivateParticipant = route({
  operationId: "deactivateParticipant",
  method: "POST",
  path: `${one}/deactivate`,
  tag,
  summary: "Let somebody in no more",
  description:
    "At once everywhere, open streams included. Their tokens are revoked for good; their rooms are left by a job, one " +
    "by one, and their open invites taken back (AU9). Of one who is deactivated it changes nothing.",
  access: "admin",
  params,
  body: Type.Object({}, strict),
  bodyOptional: true,
  statuses: [200],
  data: ManagedParticipant,
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_ROOM_LAST_ADMIN", "SW_MEMBER_STATE"],
});

export const reactivateParticipant = route({
  operationId: "reactivateParticipant",
  method: "POST",
  path: `${one}/reactivate`,
  tag,
  summary: "Let somebody in again",
  description: "With their id, name and workspaces; without roles, tokens and rooms. 409 while they are still leaving.",
  access: "admin",
  params,
  body: Type.Object({}, strict),
  bodyOptional: true,
  statuses: [200],
  data: ManagedParticipant,
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_TENANT_CAPACITY", "SW_MEMBER_STATE"],
});

const tokensOf = `${one}/tokens`;
const OTHERS = "Of bots and agents only: people see to their own tokens.";

export const mintTokenFor = route({
  operationId: "mintTokenFor",
  method: "POST",
  path: tokensOf,
  tag,
  summary: "Mint an access token for a bot or an agent",
  description: `${OTHERS} Never with the scope \`admin\`. It is shown in this answer and never again.`,
  access: "admin",
  params,
  body: Type.Object(NewToken, strict),
  bodyOptional: true,
  statuses: [200],
  data: MintedToken,
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_AUTH_INSUFFICIENT_PERMISSION", "SW_TENANT_CAPACITY", "SW_MEMBER_STATE"],
});

export const listTokensOf = route({
  operationId: "listTokensOf",
  method: "GET",
  path: tokensOf,
  tag,
  summary: "List the tokens of a bot or an agent",
  description: OTHERS,
  access: "admin",
  params,
  statuses: [200],
  data: Type.Array(Token),
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_AUTH_INSUFFICIENT_PERMISSION"],
});

export const revokeTokenOf = route({
  operationId: "revokeTokenOf",
  method: "DELETE",
  path: `${tokensOf}/{token_id}`,
  tag,
  summary: "Revoke a token of a bot or an agent",
  description: `${OTHERS} It stops working everywhere within a second.`,
  access: "admin",
  params: Type.Object({ participant_id: Id, token_id: Id }, strict),
  statuses: [200],
  data: Type.Object({ id: Type.String(), revoked: Type.Literal(true) }),
  errors: ["SW_PARTICIPANT_NOT_FOUND", "SW_AUTH_INSUFFICIENT_PERMISSION", "SW_NOT_FOUND"],
});
