import { Type } from "../schema/index.ts";
import { route } from "./route.ts";

const tag = "ops";

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
    data: Type.Object({ ok: Type.Literal(true) }),
    errors: path === "/readyz" ? ["SW_UNAVAILABLE"] : [],
  });

const ALIVE = "Answers as long as the process does, also while it stops.";

export const getLiveness = probe("getLiveness", "/livez", "Whether the process lives", ALIVE);
export const getHealth = probe("getHealth", "/healthz", "The same as `/livez`", ALIVE);
export const getReadiness = probe(
  "getReadiness",
  "/readyz",
  "Whether requests should be sent here",
  "503 while the server stops, or cannot reach its store.",
);
