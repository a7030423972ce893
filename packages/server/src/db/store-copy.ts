/** A process of its own, since the engine copies in one go: `node store-copy.ts FROM TO`. */
import { Connection } from "./connection.ts";

const [from, to] = process.argv.slice(2) as [string, string];
const connection = new Connection(from, { readOnly: true });
connection.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
connection.close();
