import { type Fault, invalid, StairwellError } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import type { Actor } from "../auth/index.ts";
import type { Answer, Receipt } from "../receipts/index.ts";
import { bodyHashOf } from "./body.ts";
import { checkerOf } from "../lib/checker.ts";
import { onBehalfOf } from "../lib/request-scope.ts";
import { conditionsOf } from "./bytes.ts";
import type { BytesEndpoint, CommandEndpoint, Endpoint, ReplyEndpoint, UploadEndpoint } from "./endpoint.ts";
import { type GateParts, gateOf } from "./gate.ts";
import { type Idempotency, repeatableOf } from "./idempotency.ts";
import { queryReader } from "./query.ts";
import type { Responder } from "./responder.ts";
import { announcedBytes, formHashOf, type FormParts, formReader } from "./upload.ts";

export interface MountParts extends GateParts, FormParts {
  idempotency: Idempotency;
  responder: Responder;
}

/** Mounts an endpoint: gate, body, checks, stored answer, handler, in the order of AP1. */
export function mount(app: FastifyInstance, endpoint: Endpoint, parts: MountParts): void {
  const { route } = endpoint;
  if (route.method === "POST" && route.access !== "open" && endpoint.kind === "reply") {
    throw new Error(`${route.operationId} is a POST and must be a command, so that it can be repeated (AP6)`);
  }
  const handle = handlerOf(endpoint, parts);
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    onRequest: gateOf(route, parts),
    // What only reads leaves no trace that would name its request.
    handler: route.method === "GET" ? handle : (request, reply) => onBehalfOf(request.id, () => handle(request, reply)),
  });
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => void;

function handlerOf(endpoint: Endpoint, parts: MountParts): Handler {
  switch (endpoint.kind) {
    case "reply":
      return replyHandler(endpoint, parts);
    case "command":
      return commandHandler(endpoint, parts);
    case "upload":
      return uploadHandler(endpoint, parts);
    case "bytes":
      return bytesHandler(endpoint, parts);
  }
}

function replyHandler({ route, reply: run }: ReplyEndpoint, { responder }: MountParts): Handler {
  const ask = asker(route);
  const usual = route.statuses[0]!;
  return (request, reply) => {
    settle(run(ask(request, reply) as never), request, reply, responder, (body) => [body.status ?? usual, body]);
  };
}

function commandHandler(endpoint: CommandEndpoint, parts: MountParts): Handler {
  const ask = asker(endpoint.route);
  const perform = performer(endpoint, parts);
  return (request, reply) => {
    const done = perform(ask(request, reply), request, reply, () => bodyHashOf(request));
    settle(done, request, reply, parts.responder, ({ status, body }) => [status, body]);
  };
}

/** As a command, once the file is there; what was staged of it is gone after the answer. */
function uploadHandler(endpoint: UploadEndpoint, parts: MountParts): Handler {
  const { responder } = parts;
  const ask = asker(endpoint.route);
  const read = formReader(endpoint.route.form!, parts);
  const perform = performer(endpoint, parts);

  async function take(request: FastifyRequest, reply: FastifyReply) {
    const asked = ask(request, reply);
    const form = await read(request, await endpoint.admit(asked as never, announcedBytes(request)));
    try {
      const whole = { ...asked, form: form.fields, file: form.file, onProgress: responder.tell(request, reply) };
      return await perform(whole, request, reply, () => formHashOf(form));
    } finally {
      await form.file.discard();
    }
  }

  return (request, reply) =>
    settle(take(request, reply), request, reply, responder, ({ status, body }) => [status, body]);
}

function bytesHandler({ route, send }: BytesEndpoint, { responder }: MountParts): Handler {
  const ask = asker(route);
  return (request, reply) => {
    const asked = { ...ask(request, reply), conditions: conditionsOf(request) };
    send(asked as never).then(
      (sendable) => responder.sendBytes(request, reply, sendable),
      (error: unknown) => responder.refuse(error, request, reply),
    );
  };
}

type Performed = { status: number; body: Sent[3] };

/** Runs a command, or answers what an equal request was answered before (AP6). */
function performer({ route, run, render }: Omit<CommandEndpoint, "kind">, parts: MountParts) {
  const { idempotency, rates } = parts;

  async function perform(
    asked: object,
    answering: Promise<Answer<object>> | Answer<object>,
    receipt?: Receipt,
  ): Promise<Performed> {
    const answer = await answering;
    return { status: answer.status, body: await render(asked as never, answer as never, receipt) };
  }

  async function performOnce(asked: object, request: FastifyRequest, reply: FastifyReply, bodyHash: () => string) {
    const { actor } = request;
    const key = request.raw.headers["idempotency-key"];
    const repeatable = repeatableOf(route, request.params, callerOf(actor), key, bodyHash)!;
    const { answer, replayed, receipt } = await idempotency.perform(repeatable, (r) => run(asked as never, r));
    if (replayed && route.charged === true && actor !== null) rates.refund(actor);
    const done = await perform(asked, answer, receipt);
    // What its caller may no longer see is refused, and a refusal is no replay.
    if (replayed) reply.header("idempotency-replayed", "true");
    return done;
  }

  return (asked: object, request: FastifyRequest, reply: FastifyReply, bodyHash: () => string): Promise<Performed> =>
    request.raw.headers["idempotency-key"] === undefined || route.access === "open"
      ? perform(asked, run(asked as never, undefined))
      : performOnce(asked, request, reply, bodyHash);
}

/** Whose repeat a request may be; the operator is of no tenant. */
function callerOf(actor: Actor | null): { tenantNo: number; participantNo: number } {
  if (actor === null) return { tenantNo: 0, participantNo: 0 };
  return { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
}

type Sent = Parameters<Responder["succeed"]>;

/** Answers with what comes of a handler. Plain callbacks: a promise fewer for each request. */
function settle<T>(
  outcome: T | Promise<T>,
  request: FastifyRequest,
  reply: FastifyReply,
  responder: Responder,
  answerOf: (outcome: T) => [status: number, body: Sent[3]],
): void {
  const succeed = (value: T): void => {
    try {
      responder.succeed(request, reply, ...answerOf(value));
    } catch (error) {
      responder.refuse(error, request, reply);
    }
  };
  if (outcome instanceof Promise) outcome.then(succeed, (error: unknown) => responder.refuse(error, request, reply));
  else succeed(outcome);
}

/** Makes the reader of a call's request: path, query and body, checked, with all faults in one refusal. */
function asker(route: Route): (request: FastifyRequest, reply: FastifyReply) => object {
  const readQuery = queryReader(route.query);
  const readBody = bodyReader(route);
  return (request, reply) => {
    let query: unknown;
    const faults: Fault[] = [];
    try {
      query = readQuery(request.raw.url!);
    } catch (error) {
      keepFaults(error, faults);
    }
    const body = readBody(request, faults);
    if (faults.length > 0) throw new StairwellError("SW_REQUEST_INVALID", { details: faults });
    const { actor, credential, params } = request;
    return { actor: actor ?? undefined, credential: credential ?? undefined, caller: reply.raw, params, query, body };
  };
}

function bodyReader({ body: schema, bodyOptional }: Route): (request: FastifyRequest, faults: Fault[]) => unknown {
  if (schema === undefined) return () => undefined;
  const checker = checkerOf(schema as TSchema);
  return (request, faults) => {
    if (request.bodyFault !== null) return keepFaults(request.bodyFault, faults);
    const body = request.body === undefined && bodyOptional === true ? {} : request.body;
    if (body === undefined) return keepFaults(invalid("", "a JSON body is needed"), faults);
    if (!checker.test(body)) checker.explain(body, "", faults);
    return body;
  };
}

function keepFaults(error: unknown, faults: Fault[]): undefined {
  if (!(error instanceof StairwellError) || error.code !== "SW_REQUEST_INVALID") throw error;
  faults.push(...(error.info.details as readonly Fault[]));
}
