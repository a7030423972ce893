import { Type } from "../schema/index.ts";
import { route } from "./route.ts";

const tag = "ops";

const Alive = Type.Object({ ok: Type.Literal(true) });

const probe = (operationId: string, path: string, summary: string, description: string) =>
  route({
    operationId,
    method: "GET",
    path,
    tag,
    summary,
    description,
    access: "open",
    statuses: [200],
    data: Alive,
    errors: [],
  });

const ALIVE = "Answers as long as the process does, also while it stops.";

export const getLiveness = probe("getLiveness", "/livez", "Whether the process lives", ALIVE);
export const getHealth = probe("getHealth", "/healthz", "The same as `/livez`", ALIVE);
export const getReadiness = route({
  operationId: "getReadiness",
  method: "GET",
  path: "/readyz",
  tag,
  summary: "Whether requests should be sent here",
  description:
    "503 while the server stops, cannot reach its store, or has files elsewhere than the other servers on it. `degraded` names what is missed without which it serves all the same: `bus`, `media`.",
  access: "open",
  statuses: [200],
  data: Type.Object({ ok: Type.Literal(true), degraded: Type.Optional(Type.Array(Type.String())) }),
  errors: ["SW_UNAVAILABLE"],
});
