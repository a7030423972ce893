import assert from "node:assert/strict";
import { type ErrorCode, ERRORS } from "@stairwell/protocol";
import { type Route, routes } from "@stairwell/protocol/api";
import type { Answer, Person } from "@stairwell/testing";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { errorCodesOf } from "../../src/http/openapi/errors.ts";

/**
 * Holds every answer that somebody is given against the route table: data and meta have the shape of their schemas
 * and no key beyond, successes have a status of the call, refusals a code that the call may answer.
 */
export function heldToSchemas(person: Person): Person {
  const ask = person.request.bind(person);
  person.request = async (method, path, body, headers) => {
    const answer = await ask(method, path, body, headers);
    const contract = contractOf(method, path);
    if (contract !== undefined) check(contract, answer, `${method} ${path}`);
    return answer;
  };
  return person;
}

interface Contract {
  route: Route;
  path: RegExp;
  data: Validator;
  meta: Validator | undefined;
}

type Validator = ReturnType<typeof compiled>;

// Paths without parameters come first: `/v1/rooms/unread` is no room.
const CONTRACTS: readonly Contract[] = [...routes]
  .sort((a, b) => parameters(a) - parameters(b))
  .map((route) => ({
    route,
    path: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, "[^/]*")}$`),
    data: compiled(route.data),
    meta: route.meta === undefined ? undefined : compiled(route.meta),
  }));

function contractOf(method: string, path: string): Contract | undefined {
  const bare = path.split("?", 1)[0]!;
  return CONTRACTS.find((contract) => contract.route.method === method && contract.path.test(bare));
}

function parameters({ path }: Route): number {
  return path.split("{").length;
}

function check({ route, data, meta }: Contract, answer: Answer<unknown>, call: string): void {
  if (answer.status >= 400) {
    const { code } = answer.error;
    assert(errorCodesOf(route).includes(code as ErrorCode), `${call} may not answer ${code}`);
    assert.equal(answer.status, ERRORS[code as ErrorCode].status, `${call} ${code}`);
    assert(
      answer.status !== 403 && answer.status !== 409 ? true : answer.error.rule !== undefined,
      `${call} ${code} names no rule`,
    );
    return;
  }
  assert((route.statuses as readonly number[]).includes(answer.status), `${call} answered ${answer.status}`);
  data(answer.data, `${call} data`);
  if (meta === undefined) assert.equal(answer.meta, undefined, `${call} has a meta that its route does not know`);
  else meta(answer.meta, `${call} meta`);
}

function compiled(schema: TSchema): (value: unknown, what: string) => void {
  const validator = Compile(closed(JSON.parse(JSON.stringify(schema)) as JsonSchema) as TSchema);
  return (value, what) => {
    if (validator.Check(value)) return;
    const faults = validator.Errors(value).map(({ instancePath, message }) => `${instancePath} ${message}`);
    assert.fail(`${what}: ${faults.join("; ")}\n${JSON.stringify(value)}`);
  };
}

type JsonSchema = { [keyword: string]: unknown };

/** The same schema with no room for further keys, but where it says so. */
function closed(schema: JsonSchema): JsonSchema {
  const inner = Object.entries(schema).map(([keyword, value]) => {
    if (Array.isArray(value)) return [keyword, value.map((item: unknown) => (isObject(item) ? closed(item) : item))];
    return [keyword, isObject(value) ? closed(value) : value];
  });
  const isShape = schema.type === "object" && !("additionalProperties" in schema);
  return { ...(Object.fromEntries(inner) as JsonSchema), ...(isShape ? { additionalProperties: false } : {}) };
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
