import { CLOSE } from "@stairwell/protocol/stream";

/** With what the WebSocket library ended a stream whose client broke the protocol; every other fault of it is 1002. */
const FAULTS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: CLOSE.notText,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CLOSE.tooBig,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CLOSE.tooBig,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CLOSE.badFrame,
};

/** What an operator sees of the streams: how many are open, and why the server ended others. */
export class StreamMetrics {
  readonly #open: () => number;
  readonly #ended = new Map<number, number>(Object.values(CLOSE).map((code) => [code, 0]));

  constructor(open: () => number) {
    this.#open = open;
  }

  /** The server ended a stream with this code. */
  ended(code: number): void {
    this.#ended.set(code, (this.#ended.get(code) ?? 0) + 1);
  }

  /** A socket failed: the library has sent a close if the client broke the protocol, and none if the network did. */
  failed(error: Error): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith("WS_ERR_") === true) this.ended(FAULTS[code] ?? CLOSE.notWebSocket);
  }

  /** The Prometheus text form. */
  expose(): string {
    const lines = [
      "# HELP stairwell_streams Open WebSocket streams.",
      "# TYPE stairwell_streams gauge",
      `stairwell_streams ${this.#open()}`,
      "# HELP stairwell_streams_ended_total Streams that the server ended, by close code.",
      "# TYPE stairwell_streams_ended_total counter",
      ...[...this.#ended].map(([code, count]) => `stairwell_streams_ended_total{code="${code}"} ${count}`),
    ];
    return `${lines.join("\n")}\n`;
  }
}
