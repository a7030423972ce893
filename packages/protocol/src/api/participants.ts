import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import { Id, Nullable, OneOf, ParticipantTypeName, Timestamp, strict } from "./shapes.ts";

const tag = "me";

export const Me = Type.Object({
  participant_id: Type.String(),
  local_id: Type.String(),
  fqid: Type.String(),
  display_name: Type.String(),
  avatar_url: Nullable(Type.String()),
  participant_type: ParticipantTypeName,
  roles: Type.Array(Type.String()),
  personal_workspace_id: Type.String(),
  tenant: Type.Object({ id: Type.String(), slug: Type.String(), name: Type.String(), server_name: Type.String() }),
});

export const getMe = route({
  operationId: "getMe",
  method: "GET",
  path: "/v1/me",
  tag,
  summary: "Who the caller is",
  access: "read",
  statuses: [200],
  data: Me,
  errors: [],
});

export const updateMe = route({
  operationId: "updateMe",
  method: "PUT",
  path: "/v1/me",
  tag,
  summary: "Change the caller's display name or avatar",
  access: "write",
  body: Type.Object(
    {
      display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * LIMITS.displayNameLength })),
      avatar_url: Type.Optional(Nullable(Type.String({ maxLength: 2048 }))),
    },
    strict,
  ),
  statuses: [200],
  data: Me,
  errors: [],
});

/** Modes a participant can have as their own default; `inherit` has nothing to inherit from. */
const DefaultMode = OneOf(["all", "mentions", "none"]);

export const Preferences = Type.Object({
  default_mode: DefaultMode,
  locale: Nullable(Type.String()),
  timezone: Nullable(Type.String()),
  auto_join: Type.Boolean({ description: "Bots and agents: accept invites at once (MB5)." }),
});

export const getPreferences = route({
  operationId: "getPreferences",
  method: "GET",
  path: "/v1/me/preferences",
  tag,
  summary: "The caller's preferences",
  access: "read",
  statuses: [200],
  data: Preferences,
  errors: [],
});

export const updatePreferences = route({
  operationId: "updatePreferences",
  method: "PUT",
  path: "/v1/me/preferences",
  tag,
  summary: "Change some of the caller's preferences",
  access: "write",
  body: Type.Object(
    {
      default_mode: Type.Optional(DefaultMode),
      locale: Type.Optional(Nullable(Type.String({ minLength: 2, maxLength: 35 }))),
      timezone: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 64 }))),
      auto_join: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  statuses: [200],
  data: Preferences,
  errors: [],
});

export const Scopes = Type.Array(Type.Union([Type.Literal("read"), Type.Literal("write"), Type.Literal("admin")]), {
  minItems: 1,
  maxItems: 3,
  uniqueItems: true,
});

export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Scopes,
  created_at: Timestamp,
  expires_at: Nullable(Timestamp),
});

export const mintToken = route({
  operationId: "mintToken",
  method: "POST",
  path: "/v1/me/tokens",
  tag,
  summary: "Mint an access token",
  description: "Scopes are a subset of this credential's. The token is shown in this answer and never again.",
  access: "write",
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: LIMITS.tokenNameLength }),
      scopes: Type.Optional(Scopes),
      expires_at: Type.Optional(Nullable(Timestamp)),
    },
    strict,
  ),
  statuses: [201],
  data: Type.Object({ ...Token.properties, token: Type.String() }),
  errors: ["SW_AUTH_INSUFFICIENT_PERMISSION", "SW_TENANT_CAPACITY"],
});

export const listTokens = route({
  operationId: "listTokens",
  method: "GET",
  path: "/v1/me/tokens",
  tag,
  summary: "List the caller's tokens",
  access: "read",
  statuses: [200],
  data: Type.Array(Token),
  errors: [],
});

export const revokeToken = route({
  operationId: "revokeToken",
  method: "DELETE",
  path: "/v1/me/tokens/{token_id}",
  tag,
  summary: "Revoke a token",
  description: "It stops working everywhere within a second. Repeating it answers as for an unknown token.",
  access: "write",
  params: Type.Object({ token_id: Id }, strict),
  statuses: [200],
  data: Type.Object({ id: Type.String(), revoked: Type.Literal(true) }),
  errors: ["SW_NOT_FOUND"],
});
