import { request } from "node:http";
import type { TestServer } from "@stairwell/testing";

/** An answer as it came over the wire, without what is the request's own. */
export interface RawAnswer {
  status: number;
  /** Name and value, in the order sent. */
  headers: readonly (readonly [name: string, value: string])[];
  text: string;
}

/** Headers in which equal answers may differ (AP2); the request id is the same for all, so that lengths compare. */
const OWN = /^(?:date|x-request-id|ratelimit-.*)$/i;

/** Asks with the path as given: clients of a higher level would tidy `..` and odd encodings away. */
export function ask(server: TestServer, who: string, method: string, path: string, body?: object): Promise<RawAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer dev-${who}`,
    "x-request-id": "the-same-for-all",
    ...(text === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
  };
  return new Promise((resolve, reject) => {
    const asking = request(server.url, { method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((name, i) => (i % 2 === 0 && !OWN.test(name) ? [[name, raw[i + 1]!] as const] : []));
        resolve({ status: response.statusCode!, headers: pairs, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    asking.on("error", reject);
    asking.end(text);
  });
}
