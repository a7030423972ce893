import { parseJson } from "@stairwell/protocol";
import { type LastLine, PROGRESS_LINES } from "@stairwell/protocol/api";

/** What is accepted of a call that may tell how far it is. */
export const LINES_OR_JSON = `${PROGRESS_LINES}, application/json`;

/** An answer's head and whole text. */
export interface Received {
  readonly response: Response;
  readonly text: string;
}

/**
 * Receives an answer: as it is, or line by line, telling how far the call is, to the line that has the answer. Rejects
 * where that never comes.
 */
export async function receive(response: Response, onProgress: (progress: never) => void): Promise<Received> {
  if (response.headers.get("content-type") !== PROGRESS_LINES) return { response, text: await response.text() };
  let last: LastLine | undefined;
  for await (const line of linesOf(response.body!)) {
    const said = parseJson(line) as { progress: never } | LastLine;
    if ("status" in said) last = said;
    else onProgress(said.progress);
  }
  if (last === undefined) throw new Error("the answer ended before its last line");
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(last.headers)) headers.set(name, value);
  return { response: new Response(null, { status: last.status, headers }), text: JSON.stringify(last.body) };
}

async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, undefined> {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
