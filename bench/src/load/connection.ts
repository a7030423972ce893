import { connect } from "node:net";
import type { Socket } from "node:net";
import { AnswerParser } from "./answer-parser.ts";
import type { OnAnswer } from "./answer-parser.ts";
import type { Address } from "./plan.ts";

/** One keep-alive connection with at most one request outstanding: no queue, no promises, no agent. */
export class Connection {
  readonly #socket: Socket;
  #waiting: OnAnswer | null = null;
  #onLost: (error: Error) => void;

  constructor(socket: Socket, onLost: (error: Error) => void) {
    this.#socket = socket;
    this.#onLost = onLost;
    const parser = new AnswerParser((status, body) => {
      const answered = this.#waiting;
      this.#waiting = null;
      answered?.(status, body);
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch (error) {
        this.#lose(error as Error);
      }
    });
    socket.on("error", (error) => this.#lose(error));
    socket.on("close", () => this.#lose(new Error("the server closed a connection")));
  }

  ask(bytes: string, onAnswer: OnAnswer): void {
    this.#waiting = onAnswer;
    this.#socket.write(bytes, "latin1");
  }

  close(): void {
    this.#onLost = () => {};
    this.#socket.destroy();
  }

  #lose(error: Error): void {
    const onLost = this.#onLost;
    this.close();
    onLost(error);
  }
}

/** Opens a connection; `onLost` is called at most once, if it ends before `close`. */
export function openConnection(address: Address, onLost: (error: Error) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(new Connection(socket, onLost));
    });
  });
}
