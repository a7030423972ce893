import { Socket } from "node:net";
import { Client } from "pg";

let open: Desk | undefined;

/** A server's connection for making and dropping databases, one a process: each of its own costs as much as the database. */
export class Desk {
  readonly #url: string;
  readonly #socket = new Socket();
  #client: Promise<Client> | undefined;
  #underWay = 0;

  private constructor(url: string) {
    this.#url = url;
  }

  static at(url: string): Desk {
    if (open === undefined || open.#url !== url) open = new Desk(url);
    return open;
  }

  /** Asks after whatever was asked before. Only who waits for an answer is kept alive. */
  async asked<T>(ask: (client: Client) => Promise<T>): Promise<T> {
    if (this.#underWay++ === 0) this.#socket.ref();
    try {
      return await ask(await (this.#client ??= this.#connect()));
    } finally {
      if (--this.#underWay === 0) this.#socket.unref();
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.#url, stream: () => this.#socket });
    client.on("error", () => open === this && (open = undefined));
    await client.connect();
    return client;
  }
}
