import type { Static, TSchema } from "typebox";
import type { ActorCache } from "../auth/index.ts";
import type { Db } from "../db/index.ts";

/** How far something long has come. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;

/** What control operations work on. */
export interface ControlParts {
  readonly db: Db;
  readonly actors: ActorCache;
}

/** An operation of the operator, run by the server that holds the data folder or by the command itself. */
export interface Operation<Input extends TSchema, Output> {
  readonly input: Input;
  readonly run: (parts: ControlParts, input: Static<Input>, onProgress: OnProgress) => Promise<Output>;
}

/** Keeps the exact types of an operation. */
export function operation<Input extends TSchema, Output>(made: Operation<Input, Output>): Operation<Input, Output> {
  return made;
}
