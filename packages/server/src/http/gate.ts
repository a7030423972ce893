import { StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { FastifyRequest, onRequestHookHandler } from "fastify";
import type { Actor } from "../auth/index.ts";
import { checkBodyHeaders } from "./body.ts";
import type { BodyDeadlines } from "./body-deadlines.ts";
import { credentialOf } from "./credential.ts";
import type { CallerOf } from "./caller.ts";
import type { Draining } from "./draining.ts";
import type { OperatorCheck } from "./operator.ts";
import type { FailedSignIns, SendRates } from "./rate-limits.ts";

export interface GateParts {
  /** Who a credential speaks for; throws `SW_AUTH_…`. Without a promise when it is known, which spares a turn. */
  authenticate: (credential: string) => Actor | Promise<Actor>;
  callerOf: CallerOf;
  checkOperator: OperatorCheck;
  deadlines: BodyDeadlines;
  draining: Draining;
  failedSignIns: FailedSignIns;
  rates: SendRates;
}

/**
 * What comes before a request's body is read, in the order of AP1: 401, 429, then the scope, then the headers of the
 * body. A failed authentication beyond the limit of its address is 429; a server that stops answers 503 to all but probes.
 */
export function gateOf(route: Route, parts: GateParts): onRequestHookHandler {
  const { authenticate, callerOf, checkOperator, deadlines, draining, failedSignIns, rates } = parts;
  const isProbe = route.tag === "ops";

  function admit(request: FastifyRequest, actor: Actor): void {
    request.actor = actor;
    if (route.charged === true) rates.take(actor);
    checkScope(route, actor);
    expectBody(request);
  }

  function expectBody({ raw }: FastifyRequest): void {
    if (checkBodyHeaders(raw, route) === "json") deadlines.begin(raw);
  }

  function refused(request: FastifyRequest, error: unknown): Error {
    if (!(error instanceof StairwellError) || error.status !== 401) return error as Error;
    try {
      failedSignIns.count(callerOf(request.raw));
      return error;
    } catch (tooMany) {
      return tooMany as Error;
    }
  }

  return (request, _reply, done) => {
    request.route = route;
    let found: Actor | Promise<Actor> | undefined;
    let fault: Error | undefined;
    try {
      if (!isProbe) draining.check();
      if (route.access === "operator") checkOperator(credentialOf(request.raw));
      if (route.access === "open" || route.access === "operator") expectBody(request);
      else found = authenticate((request.credential = credentialOf(request.raw)));
    } catch (error) {
      fault = refused(request, error);
    }
    if (fault !== undefined || found === undefined) return done(fault);
    if (found instanceof Promise) {
      found.then(
        (actor) => done(faultOf(() => admit(request, actor))),
        (error: unknown) => done(refused(request, error)),
      );
      return;
    }
    const actor = found;
    done(faultOf(() => admit(request, actor)));
  };
}

function faultOf(work: () => void): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** A credential does only what its scopes say; `admin` needs the role as well, at every request. */
function checkScope({ access }: Route, actor: Actor): void {
  if (access === "open" || access === "operator") return;
  if (actor.scopes.has(access) && (access !== "admin" || actor.isAdmin)) return;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
    message: `This call needs the scope ${access}${access === "admin" ? " and the role admin" : ""}.`,
    rule: "AU2",
  });
}
