import type { Address, Ask } from "./plan.ts";

/** The bytes of one ask; built once, with only its number and cursor filled in for each request. */
export interface RequestBytes {
  /** `query` is appended to the path, with its own `?` or `&` put before it. */
  fill(n: number, query: string | null): string;
}

export function requestBytes(ask: Ask, { host, port }: Address): RequestBytes {
  const { method, path, token, body } = ask;
  const common = ` HTTP/1.1\r\nHost: ${host}:${port}\r\nAuthorization: Bearer ${token}\r\n`;
  const mark = path.includes("?") ? "&" : "?";
  const withBody = (text: string): string =>
    `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  const numbered = path.includes("{n}") || body?.includes("{n}") === true;
  const build = (n: string, query: string | null): string =>
    `${method} ${path.replace("{n}", n)}${query === null ? "" : mark + query}${common}` +
    (body === undefined ? "\r\n" : withBody(body.replace("{n}", n)));
  const constant = numbered ? null : build("", null);
  return {
    fill: (n, query) => (constant !== null && query === null ? constant : build(String(n), query)),
  };
}
