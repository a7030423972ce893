/** Receives one answer; `body` is valid during the call only. */
export type OnAnswer = (status: number, body: Buffer) => void;

/**
 * Splits what comes from one keep-alive HTTP/1.1 connection into answers, whatever the chunks. Bodies are framed by
 * Content-Length; an answer without it throws, since the load must never guess.
 */
export class AnswerParser {
  readonly #onAnswer: OnAnswer;
  #parts: Buffer[] = [];
  #have = 0;
  #need = 0;

  constructor(onAnswer: OnAnswer) {
    this.#onAnswer = onAnswer;
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return;
    let rest = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    this.#need = 0;
    while (rest.length > 0) {
      const head = readHead(rest);
      if (head === null || rest.length < head.end) {
        this.#need = head?.end ?? rest.length + 1;
        break;
      }
      const body = rest.subarray(head.bodyStart, head.end);
      rest = rest.subarray(head.end);
      this.#onAnswer(head.status, body);
    }
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#have = rest.length;
  }
}

function readHead(bytes: Buffer): { status: number; bodyStart: number; end: number } | null {
  const blank = bytes.indexOf("\r\n\r\n");
  if (blank === -1) return null;
  const head = bytes.toString("latin1", 0, blank);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) throw new Error(`an answer without Content-Length: ${head}`);
  const bodyStart = blank + 4;
  return { status: Number(head.slice(9, 12)), bodyStart, end: bodyStart + Number(length[1]) };
}
