import { type Command, InvalidArgumentError, Option } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { ProgressBar } from "../progress.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";

interface Many {
  prefix: string;
  count: number;
}

interface Options extends FolderOptions {
  tenant: string;
  as?: string;
  asMany?: Many;
  admin?: true;
  name?: string;
  expires?: string;
}

export function defineTokenCreate(parent: Command, acting: Acting): void {
  const command = parent
    .command("create")
    .description("Mint an access token and print it, this once. Whoever it is for is made when missing.")
    .requiredOption("--tenant <slug>", "the tenant")
    .option("--as <local-id>", "whose token it is")
    .addOption(
      new Option("--as-many <prefix:count>", "a token each for PREFIX1 to PREFIXn")
        .argParser(manyOf)
        .conflicts(["as", "admin"]),
    )
    .option("--admin", "give them the role admin, and the token the scope admin")
    .option("--name <name>", "what the token is called in lists")
    .option("--expires <time>", "when it ends, as 2027-01-31T00:00:00Z; never unless given");
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell token create --tenant acme --as alice --admin",
    "stairwell token create --tenant bench --as-many p:300 --json",
  );
  command.action(
    acting(async (run, options: Options) => {
      if (options.asMany !== undefined) await mintMany(run, options, options.asMany);
      else if (options.as !== undefined) await mintOne(run, options, options.as);
      else throw new UsageError("say whose token it is: --as LOCAL-ID, or --as-many PREFIX:COUNT");
    }),
  );
}

async function mintOne({ output }: Run, options: Options, localId: string): Promise<void> {
  const input = { ...inputOf(options), local_id: localId, admin: options.admin === true };
  const made = await withControl(options, (control) => control.run("token.create", input));
  if (made.participant_made) output.message(`${made.fqid} was not there and was made.`);
  output.message(`A token for ${made.fqid} (${made.scopes.join(", ")}); it is shown this once:`);
  output.data(made, () => [made.token]);
}

async function mintMany({ output }: Run, options: Options, many: Many): Promise<void> {
  const bar = new ProgressBar(output);
  const made = await withControl(options, (control) =>
    control.run("token.create-many", { ...inputOf(options), ...many }, ({ done, total }) =>
      bar.show(done, total, "tokens"),
    ),
  );
  bar.end();
  output.data(made, () => made.map(({ fqid, token }) => `${fqid}\t${token}`));
}

function inputOf({ tenant, name, expires }: Options): { tenant: string; name?: string; expires_at?: string } {
  return { tenant, ...(name !== undefined && { name }), ...(expires !== undefined && { expires_at: expires }) };
}

function manyOf(text: string): Many {
  const parts = /^(.+):([1-9][0-9]{0,5})$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It is PREFIX:COUNT, as p:300.");
  return { prefix: parts[1]!, count: Number(parts[2]) };
}
