import type { IncomingMessage } from "node:http";
import { Busboy, type BusboyFileStream, type BusboyHeaders } from "@fastify/busboy";
import { invalid, StairwellError } from "@stairwell/protocol";
import type { Staged, Staging } from "../blobs/index.ts";
import { LEAST_PACE, LeastPace } from "../lib/least-pace.ts";

/** A file that came in a form, received whole. */
export interface FormFile extends Staged {
  /** What the sender calls it; not yet looked at. */
  readonly name: string | null;
  /** What the sender says it is; not to be trusted. */
  readonly claimedType: string;
}

/** What a form held: its texts by name, and its one file. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: FormFile;
}

export const FORM_TYPE = /^multipart\/form-data[ \t]*;/i;
/** The part that is the file. */
const FILE = "file";
const LIMITS = {
  fieldNameSize: 64,
  fieldSize: 4096,
  fields: 16,
  files: 1,
  parts: 17,
  headerPairs: 16,
  headerSize: 4096,
};
/** Milliseconds in which nothing of a form comes, after which its sender is taken to be gone. */
const SILENCE_MS = 60_000;
/** Milliseconds between two looks at how fast a form comes. */
const WATCH_MS = 1000;

export interface FormOptions {
  /** Bytes of the file. */
  readonly most: number;
  /** As `Admission` has it. */
  readonly isPassing: boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578): one part `file` and small texts beside it, in any order. The file goes
 * to the staging as it comes, at most `most` bytes of it. `SW_REQUEST_INVALID` for a form that is none, that is cut off,
 * that repeats a part, or that comes too slowly; `TooManyBytes` for a file beyond the limit; nothing is left behind then.
 */
export async function readForm(
  request: IncomingMessage,
  staging: Staging,
  { most, isPassing, monotonic }: FormOptions,
): Promise<Form> {
  const parser = parserOf(request);
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const pace = new LeastPace(monotonic);
  const note = (chunk: Buffer): void => pace.passed(chunk.length);
  let watch: NodeJS.Timeout | undefined;
  let part: BusboyFileStream | undefined;
  let receiving: Promise<FormFile> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (path: string, reason: string): void => reject(invalid(path, reason));
      parser.on("field", (name, value, nameTruncated, valueTruncated) => {
        if (nameTruncated || valueTruncated) refuse(`/${name}`, `is longer than ${LIMITS.fieldSize} bytes`);
        else if (name === FILE) refuse(`/${FILE}`, "must be a file, with a filename");
        else if (Object.hasOwn(fields, name)) refuse(`/${name}`, "is given more than once");
        else fields[name] = value;
      });
      parser.on("file", (field, stream, name, _encoding, claimedType) => {
        if (field !== FILE)
          return refuseFile(stream, () =>
            refuse(`/${field}`, `is not a file that this call takes: the part is called ${FILE}`),
          );
        part = stream;
        receiving = receive(stream, name, claimedType);
        receiving.catch(reject);
      });
      for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) {
        parser.on(limit, () => refuse("", "has more parts than this call takes"));
      }
      parser.on("error", () => refuse("", "is not a whole multipart form"));
      parser.on("finish", resolve);
      const end = (): void => refuse("", "ended before the form did");
      // Whoever was gone before will not say so again.
      if (request.destroyed) end();
      request.on("aborted", end);
      request.setTimeout(SILENCE_MS, () => refuse("", `sent nothing for ${SILENCE_MS / 1000} seconds`));
      watch = setInterval(() => {
        const { bytes, ms } = LEAST_PACE;
        if (pace.isTooSlow) refuse("", `sent less than ${bytes} bytes in ${ms / 1000} seconds`);
      }, WATCH_MS);
      request.on("data", note);
      request.pipe(parser);
    });
    if (receiving === undefined) throw invalid(`/${FILE}`, "is required");
    return { fields, file: await receiving };
  } catch (error) {
    request.unpipe(parser);
    parser.destroy();
    // The parser does not end what it has begun to give.
    part?.destroy();
    await receiving?.then((file) => file.discard()).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(watch);
    request.off("data", note);
    request.setTimeout(0);
  }

  async function receive(stream: BusboyFileStream, name: string | undefined, claimedType: string): Promise<FormFile> {
    const staged = await staging.receive(stream, most, { isSynced: !isPassing });
    return { ...staged, name: name ?? null, claimedType };
  }
}

function parserOf(request: IncomingMessage): InstanceType<typeof Busboy> {
  const isFile = (_field: unknown, _type: unknown, fileName: string | undefined): boolean => fileName !== undefined;
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS, isPartAFile: isFile });
  } catch (error) {
    throw new StairwellError("SW_UNSUPPORTED_MEDIA_TYPE", {
      message: "Send the body as multipart/form-data with a boundary.",
      cause: error,
    });
  }
}

function refuseFile(stream: BusboyFileStream, refuse: () => void): void {
  stream.resume();
  refuse();
}
