import { UsageError } from "./exit-codes.ts";

/** Refuses what names nobody: a server would say it in the words of its schema, after it was asked. */
export function mustBeFqid(fqid: string): void {
  if (!/^@[^:]+:./.test(fqid)) throw new UsageError(`say who as @local_id:server_name, and not as ${fqid}`);
}
