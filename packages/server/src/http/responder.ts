import { errorBody, type StairwellError } from "@stairwell/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../lib/clock.ts";
import { faultFacts } from "../lib/fault-facts.ts";
import type { Log } from "../lib/log.ts";
import { type Sendable, sendBytes } from "./bytes.ts";
import { Accepted } from "../lib/accepted.ts";
import { refusalHeaders, refusalOf } from "./errors.ts";
import { sendAndLinger } from "./linger.ts";
import { LOOK_EVERY_MS, ProgressLines, takesLines } from "./progress-lines.ts";
import type { SendRates } from "./rate-limits.ts";
import type { ReadingPace } from "./reading-pace.ts";
import type { RequestMetrics } from "./request-metrics.ts";

const JSON_TYPE = "application/json; charset=utf-8";
/** A request that takes longer is always logged. */
const SLOW_MS = 1000;

export interface ResponderParts {
  clock: Pick<Clock, "monotonic">;
  log: Log;
  /** Write one line a request. */
  logRequests: boolean;
  rates: SendRates;
  metrics: RequestMetrics;
  pace: Pick<ReadingPace, "begin">;
  /** Milliseconds between two words on how far a long call is; 1,000 unless given. */
  progressMs?: number;
  /** Whether connections should end with their answers. */
  isDraining: () => boolean;
}

/** Writes every answer of the door: one envelope for successes, one for failures, and what is measured and logged. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  succeed(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    body: { data: unknown; meta?: unknown } | { json: string; meta?: unknown },
  ): void {
    const data = "json" in body ? body.json : JSON.stringify(body.data);
    const meta = body.meta === undefined ? "" : `,"meta":${JSON.stringify(body.meta)}`;
    this.#send(request, reply, status, `{"data":${data}${meta}}`);
    this.#note(request, status);
  }

  /** Answers bytes, as their reader takes them. */
  sendBytes(request: FastifyRequest, reply: FastifyReply, sendable: Sendable): void {
    this.#head(request, reply);
    const { log, pace } = this.#parts;
    const onCut = (error: unknown): void =>
      log.error({ ...callOf(request), err: error }, "an answer was cut off in the middle");
    pace.begin(reply.raw, () => log.warn(callOf(request), "an answer was read too slowly, and was cut off"));
    sendBytes(request, reply, sendable, onCut).then(
      () => this.#note(request, sendable.status),
      (error: unknown) => this.refuse(error, request, reply),
    );
  }

  /** Begins to tell how far a call is, where it may take long, to whoever takes it line by line; answers what is told that. */
  tell(request: FastifyRequest, reply: FastifyReply): (progress: object) => void {
    if (request.route?.progress === undefined || !takesLines(request)) return () => {};
    const { progressMs = LOOK_EVERY_MS } = this.#parts;
    request.lines = new ProgressLines(reply, () => this.#head(request, reply), progressMs);
    return request.lines.tell;
  }

  refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (error instanceof Accepted) return this.succeed(request, reply, 202, { data: error.data });
    const refusal = refusalOf(error);
    reply.headers(refusalHeaders(refusal));
    this.#send(request, reply, refusal.status, JSON.stringify(errorBody(refusal, request.id)));
    this.#note(request, refusal.status, refusal);
  }

  #send(request: FastifyRequest, reply: FastifyReply, status: number, text: string): void {
    if (request.lines?.end(status, text) === true) return;
    reply.code(status);
    reply.header("content-type", JSON_TYPE);
    reply.header("cache-control", "no-store");
    this.#head(request, reply);
    // A caller who is still sending hears why before the connection ends.
    if (status >= 400 && !request.raw.complete && mayBeSending(request, status)) sendAndLinger(reply, text);
    else reply.send(text);
  }

  /** Headers that every answer has. */
  #head(request: FastifyRequest, reply: FastifyReply): void {
    reply.header("x-request-id", request.id);
    reply.header("x-content-type-options", "nosniff");
    if (request.route?.charged === true && request.actor !== null) {
      const standing = this.#parts.rates.standing(request.actor);
      if (standing !== undefined) {
        reply.header("ratelimit-limit", standing.limit);
        reply.header("ratelimit-remaining", standing.remaining);
        reply.header("ratelimit-reset", standing.resetSeconds);
      }
    }
    if (this.#parts.isDraining()) reply.header("connection", "close");
  }

  #note(request: FastifyRequest, status: number, refusal?: StairwellError): void {
    const { clock, log, logRequests, metrics } = this.#parts;
    const ms = clock.monotonic() - request.arrivedAt;
    metrics.observe(request.route, status, ms);
    const isFailure = status >= 500;
    if (!isFailure && ms <= SLOW_MS && !logRequests) return;
    const facts = {
      ...callOf(request),
      status,
      ...(refusal === undefined ? {} : { code: refusal.code }),
      ms: Math.round(ms * 10) / 10,
      ...(request.actor === null
        ? {}
        : { tenant: request.actor.tenant.slug, participant_id: request.actor.participantId }),
    };
    // Of another server that is away or in trouble there is nothing to mend here.
    if (status === 502 || status === 504) log.warn({ ...facts, ...faultFacts(refusal) }, "another server failed");
    else if (isFailure) log.error({ ...facts, err: refusal?.info.cause ?? refusal }, "request failed");
    else if (ms > SLOW_MS) log.warn(facts, "slow request");
    else log.info(facts, "request");
  }
}

/** Paths and queries may hold aliases, search texts and misplaced tokens: the call is named instead. */
function callOf({ id, method, route }: FastifyRequest) {
  return { request_id: id, method, call: route?.operationId ?? null };
}

function mayBeSending({ route }: FastifyRequest, status: number): boolean {
  return status === 413 || route?.form !== undefined;
}
