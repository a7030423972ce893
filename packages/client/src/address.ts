/** The address of a call: path parameters filled in, each escaped as one segment; undefined query values left out. */
export function addressOf(
  baseUrl: string,
  path: string,
  params: Readonly<Record<string, unknown>> | undefined,
  query: Readonly<Record<string, unknown>> | undefined,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params?.[name];
    if (value === undefined) throw new TypeError(`${path} needs the parameter ${name}`);
    return segmentOf(textOf(value));
  });
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(key, textOf(value));
  }
  const text = search.toString();
  return `${baseUrl}${filled}${text === "" ? "" : `?${text}`}`;
}

/** A value as one path segment; an address would lose `.` and `..`, so their dots are escaped too. */
function segmentOf(value: string): string {
  return value === "." || value === ".." ? value.replaceAll(".", "%2E") : encodeURIComponent(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
