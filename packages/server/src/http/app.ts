import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { invalid, LIMITS } from "@stairwell/protocol";
import Fastify, { type FastifyInstance } from "fastify";
import type { Staging } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { asyncApiDocument } from "./asyncapi.ts";
import { readBodies } from "./body.ts";
import { BodyDeadlines } from "./body-deadlines.ts";
import { Draining } from "./draining.ts";
import type { Endpoint } from "./endpoint.ts";
import { addFrontPage } from "./front-page.ts";
import type { GateParts } from "./gate.ts";
import { Idempotency } from "./idempotency.ts";
import { guardLoopback } from "./loopback-guard.ts";
import { addMetricsPage, type MetricsPageParts } from "./metrics-page.ts";
import { mount } from "./mount.ts";
import { refuseUnknown } from "./not-found.ts";
import { opsEndpoints, type ReadyCheck } from "./ops.ts";
import { openApiDocument } from "./openapi/index.ts";
import { operatorCheck } from "./operator.ts";
import type { FailedSignIns, SendRates } from "./rate-limits.ts";
import { answerExpectation, answerRawError } from "./raw-errors.ts";
import { ReadingPace } from "./reading-pace.ts";
import { addReferencePage } from "./reference-page.ts";
import { isRepeated } from "./repeated.ts";
import { NEW_REQUEST } from "./request.ts";
import { requestIds } from "./request-id.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { Responder } from "./responder.ts";

/** Headers of one request: bytes, and fields. */
const HEADER_BYTES = 16 * 1024;
const HEADER_FIELDS = 100;
/** The host of a target that is a whole URL, as requests to proxies have it. */
const AUTHORITY = /^[a-z]+:\/\/([^/?#]*)/i;

export interface DoorParts {
  endpoints: readonly Endpoint[];
  authenticate: GateParts["authenticate"];
  callerOf: GateParts["callerOf"];
  /** Who sends it is the operator; without one nobody is. */
  operatorToken?: string | null;
  db: Db;
  /** Where files are received. */
  staging: Staging;
  clock: Clock;
  log: Log;
  /** The server's secret. */
  secret: Uint8Array;
  rates: SendRates;
  failedSignIns: FailedSignIns;
  /** Development mode: answer under loopback names only. */
  dev: boolean;
  /** Milliseconds in which nothing goes over a connection, after which it is ended; 90,000 unless given. */
  silenceMs?: number;
  /** Milliseconds between two words on how far a long call is; 1,000 unless given. */
  progressMs?: number;
  /** Write one line a request. */
  logRequests: boolean;
  /** For `/readyz`. */
  isReady: ReadyCheck;
  /** Who may read `/metrics`, and what is counted there beside the requests. */
  metrics: MetricsPageParts;
  /** Where the server is reached from outside, for its own description; null when nobody said. */
  publicUrl?: string | null;
}

/** The HTTP door, not yet listening: `app.listen` opens it, and further routes can be added before that. */
export interface Door {
  readonly app: FastifyInstance;
  readonly draining: Draining;
  /** How routes that are added answer as all others do. */
  readonly responder: Pick<Responder, "succeed" | "sendBytes">;
  readonly deadlines: Pick<BodyDeadlines, "begin" | "end">;
}

export function buildDoor(parts: DoorParts): Door {
  const { clock, dev, rates } = parts;
  const draining = new Draining();
  const metrics = new RequestMetrics();
  const isDraining = (): boolean => draining.hasStarted;
  const pace = new ReadingPace(() => clock.monotonic());
  const responder = new Responder({ ...parts, metrics, pace, isDraining });
  const newId = requestIds();
  const app: FastifyInstance = Fastify({
    // The door writes its own lines; the framework's would cost a logger a request, and name paths.
    logger: false,
    genReqId: newId,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    bodyLimit: LIMITS.bodyBytes,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // An id of any length is an unknown id (AP2), as long as it fits the headers.
    routerOptions: { maxParamLength: HEADER_BYTES, querystringParser: () => ({}) },
    http: {
      maxHeaderSize: HEADER_BYTES,
      requireHostHeader: false,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      // Offers of another protocol, as clients of HTTP/2 make them, are passed over.
      shouldUpgradeCallback: ({ headers }) =>
        headers.upgrade?.toLowerCase() === "websocket" && app.server.listenerCount("upgrade") > 0,
    },
    // A large file takes as long as it takes; JSON has a deadline of its own.
    requestTimeout: 0,
    keepAliveTimeout: 72_000,
    // An answer that its caller does not take is memory; the longest poll is silent for a minute.
    connectionTimeout: parts.silenceMs ?? 90_000,
    // Such a request never met its hooks, nor the properties that others are given.
    frameworkErrors: (error, request, reply) =>
      responder.refuse(error, Object.assign(request, NEW_REQUEST, { arrivedAt: clock.monotonic() }), reply),
    clientErrorHandler: (error, socket) =>
      answerRawError(error, socket as Socket, newId({ headers: {} } as IncomingMessage)),
  });
  app.server.maxHeadersCount = HEADER_FIELDS;
  app.server.on("checkExpectation", answerExpectation);
  for (const [name, value] of Object.entries(NEW_REQUEST)) app.decorateRequest(name, value);
  app.setErrorHandler((error, request, reply) => responder.refuse(error, request, reply));
  app.addHook("onRequest", (request, reply, done) => {
    request.arrivedAt = clock.monotonic();
    let fault: Error | undefined;
    try {
      checkHost(request.raw);
      if (dev) guardLoopback(request.raw);
      // The router takes `*`, which is no path, for `/`.
      if (request.is404 || request.url === "*") fault = refuseUnknown(app, request, reply);
    } catch (error) {
      fault = error as Error;
    }
    done(fault);
  });
  const deadlines = new BodyDeadlines(
    () => clock.monotonic(),
    ({ socket }) => answerRawError(tooLate(), socket, newId({ headers: {} } as IncomingMessage)),
  );
  app.addHook("onClose", (_app, done) => {
    deadlines.stop();
    pace.stop();
    done();
  });
  readBodies(app, deadlines);
  const idempotency = new Idempotency(parts);
  const checkOperator = operatorCheck(parts.operatorToken ?? null);
  const gate = {
    authenticate: parts.authenticate,
    callerOf: parts.callerOf,
    checkOperator,
    deadlines,
    failedSignIns: parts.failedSignIns,
    rates,
  };
  const endpoints = [...parts.endpoints, ...opsEndpoints(parts.isReady, draining)];
  for (const endpoint of endpoints)
    mount(app, endpoint, { ...gate, draining, idempotency, responder, staging: parts.staging, clock });
  addFrontPage(app);
  addReferencePage(app, {
    "/openapi.json": () => openApiDocument({ ...parts, routes: endpoints.map(({ route }) => route) }),
    "/asyncapi.json": () => asyncApiDocument(parts.publicUrl ?? null),
  });
  addMetricsPage(app, { ...parts.metrics, sources: [metrics.histogram, ...parts.metrics.sources] });
  return { app, draining, responder, deadlines };
}

/** Requests are checked by our own checkers. The framework's compilers, a sixth of all that a start loads, stay unloaded. */
function noSchemas(): never {
  throw new Error("the framework checks no schemas here");
}

/** RFC 9112, section 3.2. Node would refuse a missing one by itself, but without a body. */
function checkHost(request: IncomingMessage): void {
  if (request.headers.host === undefined && request.httpVersion !== "1.0") throw invalid("Host", "is required");
  if (isRepeated(request.rawHeaders, "host")) throw invalid("Host", "is given more than once");
  const target = request.url!.startsWith("/") ? undefined : AUTHORITY.exec(request.url!)?.[1];
  if (target !== undefined && target.toLowerCase() !== request.headers.host?.toLowerCase()) {
    throw invalid("Host", "is not that of the target");
  }
}

/** As the platform says it of headers that are late. */
function tooLate(): Error & { code: string } {
  return Object.assign(new Error("the body did not come in time"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
}
