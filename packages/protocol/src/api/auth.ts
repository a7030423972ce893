import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { Me } from "./participants.ts";
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
