import type { Route } from "@stairwell/protocol/api";

const ACCESS: Readonly<Record<Route["access"], string>> = {
  open: "open",
  read: "`read`",
  write: "`write`",
  admin: "`admin`",
  operator: "operator",
};

/** The table of all calls, in Markdown, for the documentation: by tag, in the order of the table. */
export function callTable(routes: readonly Route[]): string {
  const rows = [...Map.groupBy(routes, ({ tag }) => tag)].flatMap(([, group]) => group.map(row));
  return ["| call | scope | body and query | what it does |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function row(route: Route): string {
  const scope = ACCESS[route.access] + (route.charged === true ? ", charged" : "");
  return `| \`${route.method} ${route.path}\` | ${scope} | ${inputsOf(route)} | ${route.summary} |`;
}

/** Keys, of which those that may be left out bear a question mark. */
function inputsOf({ body, form, query }: Route): string {
  const keys = [body, form, query].flatMap((schema) => {
    const { properties = {}, required = [] } = (schema ?? {}) as { properties?: object; required?: string[] };
    return Object.keys(properties).map((key) => `\`${key}${required.includes(key) ? "" : "?"}\``);
  });
  return [...(form === undefined ? [] : ["`file`"]), ...keys].join(" ");
}
