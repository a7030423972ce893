import assert from "node:assert/strict";
import { ask } from "./ask.ts";

/** What a call answered. */
export interface Answer<Data = Record<string, never>> {
  status: number;
  headers: Pick<Headers, "get">;
  data: Data;
  meta: Record<string, unknown>;
  error: { code: string; message: string; rule?: string; needed?: number; actual?: number; details?: unknown };
}

// Tests look into answers of every shape; a wrong guess fails their assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

/** Somebody with a credential, who calls the API as clients do. */
export class Person {
  readonly name: string;
  /** The server's address. */
  readonly url: string;
  readonly credential: string;
  #me: Loose;

  constructor(url: string, name: string, credential: string) {
    this.url = url;
    this.name = name;
    this.credential = credential;
  }

  /** The participant id, known after `signIn`. */
  get id(): string {
    assert(this.#me !== undefined, `${this.name} has not signed in`);
    return this.#me.participant_id;
  }

  get me(): Loose {
    assert(this.#me !== undefined, `${this.name} has not signed in`);
    return this.#me;
  }

  async signIn(): Promise<this> {
    this.#me ??= (await this.get("/v1/me")).data;
    return this;
  }

  get(path: string): Promise<Answer<Loose>> {
    return this.request("GET", path);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<Loose>> {
    return this.request("POST", path, body, headers);
  }

  put(path: string, body: unknown): Promise<Answer<Loose>> {
    return this.request("PUT", path, body);
  }

  patch(path: string, body: unknown): Promise<Answer<Loose>> {
    return this.request("PATCH", path, body);
  }

  delete(path: string): Promise<Answer<Loose>> {
    return this.request("DELETE", path);
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Loose>> {
    const {
      status,
      headers: told,
      text,
    } = await ask(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.credential}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const { data, meta, error } = JSON.parse(text) as Answer<Loose>;
    return { status, headers: told, data, meta, error };
  }

  /** A room of this person's with these people joined in it. */
  async roomWith(others: readonly Person[], body: Record<string, unknown> = {}): Promise<string> {
    const created = await this.post("/v1/rooms", {
      room_type: "group",
      ...((body.room_type ?? "group") === "incognito" ? {} : { name: "A room" }),
      invite: others.map((other) => other.id),
      ...body,
    });
    assert.equal(created.status, 201, JSON.stringify(created.error));
    for (const other of others) assertOk(await other.post(`/v1/rooms/${created.data.id}/join`));
    return created.data.id;
  }

  /** Sends a message with this text, and answers the event. */
  async say(roomId: string, body: string, content: Record<string, unknown> = {}): Promise<Loose> {
    const sent = await this.post(`/v1/rooms/${roomId}/send`, { content: { msgtype: "swp.text", body, ...content } });
    assert.equal(sent.status, 201, JSON.stringify(sent.error));
    return sent.data;
  }

  /** The room's whole history as this person reads it, oldest first. */
  async history(roomId: string): Promise<Loose[]> {
    const events: Loose[] = [];
    for (let from = "0"; ;) {
      const page = assertOk(await this.get(`/v1/rooms/${roomId}/messages?direction=forward&limit=200&from=${from}`));
      events.push(...page.data);
      if (page.meta.has_more !== true) return events;
      from = String(page.meta.next_cursor);
    }
  }
}

/** The answer, which must be a success. */
export function assertOk(answer: Answer<Loose>): Answer<Loose> {
  assert(answer.status < 300, `${answer.status} ${JSON.stringify(answer.error)}`);
  return answer;
}

/** The answer must be this refusal, by this rule where one is named. */
export function assertRefused(answer: Answer<Loose>, status: number, code: string, rule?: string): void {
  assert.deepEqual(
    { status: answer.status, code: answer.error?.code },
    { status, code },
    JSON.stringify(answer.error ?? answer.data),
  );
  if (rule !== undefined) assert.equal(answer.error.rule, rule);
}
