import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import {
  contentDigest,
  descriptorText,
  type DescriptorKey,
  introductionText,
  SIGNATURE_LABEL,
  signatureInput,
  type SignatureParams,
  signatureValue,
  signedDescriptorText,
  signedRequestText,
} from "@stairwell/protocol/signing";
import { newSigningKey, type SigningKey, signWith } from "../../src/tenants/signing-key.ts";

export interface EvilKey extends DescriptorKey, SigningKey {}

export interface Told {
  status: number;
  headers: IncomingMessage["headers"];
  body: { data?: unknown; error?: { code: string; message: string; details?: unknown } };
}

/** What of a request is not as an honest server would make it. */
export interface Bend {
  params?: Partial<SignatureParams>;
  /** What is signed in place of what is sent. */
  signed?: { method?: string; serverName?: string; target?: string; body?: string; contentType?: string };
  key?: EvilKey;
  host?: string;
  /** The headers, once they are made: names and values in turn. */
  headers?: (headers: string[]) => string[];
}

/** A server of the test's own: it says what it is told to, and sends what no honest one would. */
export class EvilPeer {
  readonly name: string;
  /** What it publishes. */
  readonly keys: EvilKey[];
  /** Takes the place of its descriptor. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** How often its descriptor was asked for. */
  asked = 0;
  url = "";

  private constructor(name: string) {
    this.name = name;
    this.keys = [makeKey()];
  }

  /** One that nobody can ask. */
  static unheard(name: string): EvilPeer {
    return new EvilPeer(name);
  }

  static async start(t: TestContext, name: string): Promise<EvilPeer> {
    const evil = new EvilPeer(name);
    const sockets = new Set<Socket>();
    const server = createServer((req, res) => {
      evil.asked++;
      if (evil.answer !== undefined) return evil.answer(req, res);
      res.setHeader("content-type", "application/json").end(evil.descriptor());
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    evil.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return evil;
  }

  /** The newest key. */
  get key(): EvilKey {
    return this.keys.at(-1)!;
  }

  /** Another key in the place of the newest; introduced by it, if wanted. */
  rotate({ introduced }: { introduced: boolean }): EvilKey {
    const elder = this.key;
    const key = makeKey(elder.validFrom + 1);
    const signature = signWith(elder, introductionText(this.name, key));
    this.keys.push(introduced ? { ...key, introducedBy: { keyId: elder.keyId, signature } } : key);
    return this.key;
  }

  /** Its descriptor as it stands, with some things told differently. */
  descriptor({ name = this.name, key = this.key, keys = this.keys }: Partial<EvilPeer> = {}): string {
    const signed = signedDescriptorText({
      serverName: name,
      software: { name: "evil", version: "1" },
      keyId: key.keyId,
      keys,
    });
    return descriptorText(signed, key.keyId, signWith(key, signed));
  }

  /** The headers of a signed request, names and values in turn. */
  sign(to: string, method: string, target: string, body?: string, bend: Bend = {}, now = Date.now()): string[] {
    const key = bend.key ?? this.key;
    const created = Math.floor(now / 1000);
    const nonce = createHash("sha256").update(`${Math.random()}`).digest("base64url");
    const params = { created, expires: created + 60, nonce, serverName: this.name, keyId: key.keyId, ...bend.params };
    const signed = { method, serverName: to, target, body, contentType: "application/json", ...bend.signed };
    const fields = signed.body !== undefined && {
      contentDigest: digestOf(signed.body),
      contentType: signed.contentType,
    };
    const input = signatureInput(params, fields !== false);
    const text = signedRequestText({ ...signed, body: fields === false ? undefined : fields }, { input })!;
    const headers = ["Host", bend.host ?? to];
    if (fields !== false) headers.push("Content-Digest", fields.contentDigest, "Content-Type", "application/json");
    if (body !== undefined) headers.push("Content-Length", String(Buffer.byteLength(body)));
    headers.push("Signature-Input", `${SIGNATURE_LABEL}=${input}`, "Signature", signatureValue(signWith(key, text)));
    return bend.headers?.(headers) ?? headers;
  }
}

/** Sends a request with exactly these headers. */
export async function send(
  url: string,
  method: string,
  target: string,
  headers: string[],
  body?: string,
): Promise<Told> {
  const { hostname, port } = new URL(url);
  const asking = request({ host: hostname, port, method, path: target, headers, setHost: false, agent: false });
  asking.end(body);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode!, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
}

export function digestOf(body: string): string {
  return contentDigest(createHash("sha256").update(body).digest("base64"));
}

export function makeKey(validFrom = Date.now() - 1000): EvilKey {
  return { ...newSigningKey(), validFrom, validUntil: null, revokedAt: null, introducedBy: null };
}
