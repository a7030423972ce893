import { parseJson } from "@stairwell/protocol";
import { type LastLine, PROGRESS_LINES } from "@stairwell/protocol/api";

/** What is accepted of a call that may tell how far it is. */
export const LINES_OR_JSON = `${PROGRESS_LINES}, application/json`;

/** An answer's head and whole text. */
export interface Received {
  readonly response: Response;
  readonly text: string;
}

/** What whoever is told how far a call is has failed with: no fault of the call. */
export class ListenerFault extends Error {}

/**
 * Receives an answer: as it is, or line by line, telling how far the call is, to the line that has the answer. Rejects
 * where that never comes, and with a `ListenerFault`.
 */
export async function receive(response: Response, onProgress: (progress: never) => void): Promise<Received> {
  if (!isLines(response)) return { response, text: await response.text() };
  let last: LastLine | undefined;
  for await (const line of linesOf(response.body!)) {
    const said = parseJson(line) as { progress: never } | LastLine;
    if ("status" in said) last = said;
    else tell(onProgress, said.progress);
  }
  if (last === undefined) throw new Error("the answer ended before its last line");
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(last.headers)) headers.set(name, value);
  return { response: new Response(null, { status: last.status, headers }), text: JSON.stringify(last.body) };
}

function isLines({ headers }: Response): boolean {
  return headers.get("content-type")?.split(";")[0]!.trim() === PROGRESS_LINES;
}

function tell(onProgress: (progress: never) => void, progress: never): void {
  try {
    onProgress(progress);
  } catch (cause) {
    throw new ListenerFault("whoever was told how far the call is failed", { cause });
  }
}

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const [end, ...more] = piece.value.split("\n");
      rest += end!;
      if (more.length === 0) continue;
      yield rest;
      rest = more.pop()!;
      yield* more;
    }
  } finally {
    // Whoever stops in the middle lets go of the connection.
    await reader.cancel();
  }
}
