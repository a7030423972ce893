import type { Static, TSchema } from "typebox";
import type { ErrorCode } from "../errors.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Scope = "read" | "write" | "admin";

/**
 * One call of the API: the schemas that validate it, type it, and describe it in the OpenAPI document.
 * A path parameter is written `{room_id}`.
 */
export interface Route {
  readonly operationId: string;
  readonly method: Method;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may call: anybody, a participant with this scope, or the operator. */
  readonly access: "open" | Scope | "operator";
  /** Costs one of the caller's `send_rate` (spec/model.md, "Tenant limits"). */
  readonly charged?: true;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** A POST whose body may be left out altogether. */
  readonly bodyOptional?: true;
  /** Takes `multipart/form-data` in place of JSON: one part `file`, and these texts beside it. */
  readonly form?: TSchema;
  /** Answers bytes in place of JSON, of this media type, or range of them. */
  readonly bytes?: string;
  /** The bytes are made as they go: there are no ranges of them, and nothing to have them by. */
  readonly isMadeAnew?: true;
  /** The success statuses; the first is the usual one. */
  readonly statuses: readonly (200 | 201)[];
  /** It may take long: whoever accepts `PROGRESS_LINES` is told how far it is, in these terms. */
  readonly progress?: TSchema;
  /** In a room of another server that cannot be asked now it is taken, and answered 202 (FD13). */
  readonly pending?: true;
  readonly data: TSchema;
  readonly meta?: TSchema;
  /** The refusals that are this call's own; those of every call are added by the document. */
  readonly errors: readonly ErrorCode[];
}

type Shape<S> = S extends TSchema ? Static<S> : undefined;

/** The typed parts of a request to a route, after validation. */
export interface RequestOf<R extends Route> {
  params: Shape<R["params"]>;
  query: Shape<R["query"]>;
  body: Shape<R["body"]>;
  form: Shape<R["form"]>;
}

export type DataOf<R extends Route> = Static<R["data"]>;
export type MetaOf<R extends Route> = Shape<R["meta"]>;

export type ProgressOf<R extends Route> = Shape<R["progress"]>;

/** Keeps the exact types of a route, so that handlers and clients are typed by it. */
export function route<const R extends Route>(r: R): R {
  return r;
}
