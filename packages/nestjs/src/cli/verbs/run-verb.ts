import { sagaErrorCode } from '@nest-saga/core/engine';
import type { CommandSurroundings, ExitCode } from '../command-surroundings.js';
import { importStorageCommands } from '../storage-commands.js';
import { UsageError } from '../usage-error.js';
import { checkVerb } from './check-verb.js';
import { cancelVerb, resolveVerb, retryVerb, signalVerb } from './decide-verbs.js';
import { exportVerb } from './export-verb.js';
import { listVerb } from './list-verb.js';
import { openApplication, openStorage } from './open-application.js';
import type { OpenApplication } from './open-application.js';
import { purgeVerb } from './purge-verb.js';
import { showVerb } from './show-verb.js';
import { parseVerb } from './verb-options.js';
import type { VerbValues } from './verb-options.js';
import type { Verb } from './verb.js';

/** All verbs, in the order of the help. */
export const verbs: readonly Verb[] = [
  listVerb,
  showVerb,
  retryVerb,
  resolveVerb,
  cancelVerb,
  signalVerb,
  exportVerb,
  purgeVerb,
  checkVerb,
];

/**
 * Runs a verb. Resolves with 0 if it is done, and with 1 if it is refused or has findings.
 *
 * @throws UsageError, CommandError, and the errors of the application.
 */
export async function runVerb(
  verb: Verb,
  commandArguments: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  const line = parseVerb(verb, commandArguments);
  if (line.values.help === true) {
    surroundings.out(`${verb.usage}\n\n${helpOn(verb)}`);
    return 0;
  }
  verb.check?.(line);
  const app = await open(verb, line.values, surroundings);
  try {
    return await verb.run(line, app, surroundings);
  } catch (error) {
    const code = sagaErrorCode(error);
    if (line.values.json !== true || code === undefined) throw error;
    surroundings.error(JSON.stringify({ code, message: (error as Error).message }));
    return 1;
  } finally {
    await app.close();
  }
}

function open(
  verb: Verb,
  { app, export: exportName, url, schema }: VerbValues,
  surroundings: CommandSurroundings,
): Promise<OpenApplication> {
  if (app !== undefined) {
    if (url !== undefined || schema !== undefined)
      throw new UsageError('Pass either --app, or --url and --schema.', verb.usage);
    return openApplication(app, exportName, surroundings);
  }
  const database = url ?? surroundings.environment['DATABASE_URL'];
  if (!verb.worksOnDatabase)
    throw new UsageError('Say which application: pass --app <compiled file of the root module>.', verb.usage);
  if (database === undefined || database === '')
    throw new UsageError('Say where the sagas are: pass --app, or --url, or set DATABASE_URL.', verb.usage);
  return openDatabase(verb.verb, { url: database, schema }, surroundings);
}

async function openDatabase(
  verb: string,
  where: { readonly url: string; readonly schema: string | undefined },
  surroundings: CommandSurroundings,
): Promise<OpenApplication> {
  const commands = await importStorageCommands(verb, surroundings.directory);
  const storage = await commands.openStorage(where);
  try {
    return await openStorage(storage, surroundings);
  } catch (error) {
    await storage.close().catch(() => undefined);
    throw error;
  }
}

function helpOn({ worksOnDatabase }: Verb): string {
  const database = `
  --url <url>      in place of --app: the database (default: DATABASE_URL)
  --schema <name>  with --url: the schema of the saga tables`;
  return `Options of all commands:
  --app <file>     the compiled file of the application's root module, for example dist/app.module.js. The application is loaded, but
                   this process runs no saga
  --export <name>  the export that is the root module${worksOnDatabase ? database : ''}
  --json           the result as JSON`;
}
