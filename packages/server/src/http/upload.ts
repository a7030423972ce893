import { hash } from "node:crypto";
import { type Fault, StairwellError } from "@stairwell/protocol";
import type { FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import { type Staging, TooManyBytes } from "../blobs/index.ts";
import { checkerOf } from "../lib/checker.ts";
import type { Clock } from "../lib/clock.ts";
import type { Admission } from "./endpoint.ts";
import { type Form, readForm } from "./form.ts";

export interface FormParts {
  /** Where files are received. */
  staging: Staging;
  clock: Pick<Clock, "monotonic">;
}

/** Receives the form of a request, checked by its schema. What it staged is discarded by whoever called. */
export type FormReader = (request: FastifyRequest, admission: Admission) => Promise<Form>;

export function formReader(schema: TSchema, { staging, clock }: FormParts): FormReader {
  const checker = checkerOf(schema);
  return async (request, { most, tooLarge, isPassing = false }) => {
    const form = await readForm(request.raw, staging, { most, isPassing, monotonic: () => clock.monotonic() }).catch(
      (error: unknown) => {
        if (!(error instanceof TooManyBytes)) throw error;
        const message = `The file is larger than ${most} bytes.`;
        throw new StairwellError(tooLarge, { message, details: { max_bytes: most } });
      },
    );
    if (checker.test(form.fields)) return form;
    await form.file.discard();
    const details: Fault[] = [];
    checker.explain(form.fields, "", details);
    throw new StairwellError("SW_REQUEST_INVALID", { details });
  };
}

/** Length of the whole body as its sender announces it, a little more than the file's; undefined where they do not. */
export function announcedBytes({ raw }: FastifyRequest): number | undefined {
  const length = raw.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}

/** A form by what it says, whatever its boundary: repeats are compared by it (AP6). */
export function formHashOf({ fields, file }: Form): string {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash("sha256", JSON.stringify([sorted, file.sha256, file.name, file.claimedType]));
}
