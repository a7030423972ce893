import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { Me, Token } from "./participants.ts";
import { route } from "./route.ts";
import { strict } from "./shapes.ts";

const tag = "auth";

export const getAuthConfig = route({
  operationId: "getAuthConfig",
  method: "GET",
  path: "/v1/auth/config",
  tag,
  summary: "How to sign in here",
  access: "open",
  statuses: [200],
  data: Type.Object({
    development: Type.Boolean({ description: "`Bearer dev-NAME` signs in as NAME; loopback only." }),
    access_tokens: Type.Boolean(),
  }),
  errors: [],
});

export const register = route({
  operationId: "register",
  method: "POST",
  path: "/v1/auth/register",
  tag,
  summary: "Make sure that the caller's participant and personal workspace exist",
  description: "201 the first time, 200 after that.",
  access: "write",
  body: Type.Object(
    { display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * LIMITS.displayNameLength })) },
    strict,
  ),
  bodyOptional: true,
  statuses: [201, 200],
  data: Me,
  errors: [],
});

export const redeemAdminLink = route({
  operationId: "redeemAdminLink",
  method: "POST",
  path: "/v1/auth/admin-link",
  tag,
  summary: "Become an admin by a one-time link",
  description:
    "The operator hands out the link; it works once, for 24 hours. Without a name in it, it makes a new person, and " +
    "`local_id` says whom (AU10). The token is shown in this answer and never again.",
  access: "open",
  body: Type.Object(
    {
      code: Type.String({ minLength: 1, maxLength: 255, examples: ["swl_shown-once-and-never-again"] }),
      local_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 4 * LIMITS.displayNameLength })),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Object({ me: Me, token: Type.Object({ ...Token.properties, token: Type.String() }) }),
  errors: ["SW_AUTH_INVALID_TOKEN", "SW_AUTH_EXPIRED_TOKEN", "SW_TENANT_CAPACITY"],
});
