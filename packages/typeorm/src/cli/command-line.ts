import { parseArgs } from 'node:util';
import { isError } from '@nest-saga/core/storage-kit';
import { checkSchemaName, defaultSchema } from '../postgres/schema-name.js';
import { schemaVersion } from '../postgres/migrations/all-migrations.js';

/** The parsed command line. */
export interface CommandLine {
  readonly command: 'migrate' | 'status' | 'sql' | 'help';
  readonly schema: string;
  /** The URL of the database; undefined if it is not given. */
  readonly url: string | undefined;
  /** For `sql`: the version of the existing tables. */
  readonly from: number;
}

/** The answer to `nest-saga help`. */
export const usage = `Usage: nest-saga <command> [options]

Commands:
  migrate   bring the saga tables up to date
  status    say which version they have; the exit code is 1 where it is not the one that is needed
  sql       print the SQL that "migrate" would run on an empty database, for tools of your own

Options:
  --schema <name>   where the saga tables are (default: ${defaultSchema})
  --url <url>       the database, for example postgres://user:password@host:5432/name (default: DATABASE_URL)
  --from <version>  with "sql": the version that is there already (default: 0)
  --help            this text`;

/** A command line that cannot be understood. Its message has the reason. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @throws UsageError
 */
export function parseCommandLine(
  commandArguments: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const { values, positionals } = parse(commandArguments);
  const [command = 'help', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`);
  return {
    command: values.help === true ? 'help' : checkCommand(command),
    schema: checkSchema(values.schema ?? defaultSchema),
    url: values.url ?? environment['DATABASE_URL'],
    from: checkFrom(values.from ?? '0'),
  };
}

function parse(commandArguments: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandArguments],
      allowPositionals: true,
      options: {
        schema: { type: 'string' },
        url: { type: 'string' },
        from: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(isError(error) ? error.message : String(error));
  }
}

function checkCommand(command: string): CommandLine['command'] {
  if (command === 'migrate' || command === 'status' || command === 'sql' || command === 'help')
    return command;
  throw new UsageError(`There is no command "${command}".`);
}

function checkSchema(schema: string): string {
  try {
    return checkSchemaName(schema);
  } catch (error) {
    throw new UsageError(`--schema "${schema}" is not a schema name. ${isError(error) ? error.message : ''}`);
  }
}

function checkFrom(from: string): number {
  const version = /^\d{1,9}$/.test(from) ? Number(from) : Number.NaN;
  if (version >= 0 && version <= schemaVersion) return version;
  throw new UsageError(`--from "${from}" is not a version: pass a whole number from 0 to ${schemaVersion}.`);
}
