import { createRequire } from 'node:module';
import { isError } from '@nest-saga/core/engine';
import { CommandError } from './command-error.js';
import type { CommandSurroundings, ExitCode } from './command-surroundings.js';
import { runDiagramCommand } from './diagram/run-diagram-command.js';
import { runStorageCommand } from './run-storage-command.js';
import { UsageError } from './usage-error.js';
import { runVerb, verbs } from './verbs/run-verb.js';

const usage = `Usage: nest-saga <command> [options]

Commands:
${verbs.map(({ verb, summary }) => `  ${verb.padEnd(9)} ${summary}`).join('\n')}
  diagram   draw the sagas of an application as Mermaid text
  migrate   bring the saga tables in PostgreSQL up to date
  status    say which version the saga tables have
  sql       print the SQL that makes the saga tables

Options:
  --version, -v   print the version of @nest-saga/nestjs
  --help, -h      this text

"nest-saga <command> --help" says more. The last three are part of @nest-saga/typeorm.`;

/** Runs `nest-saga` and resolves with its exit code. Never rejects. */
export async function runCommand(
  commandArguments: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  try {
    return await run(commandArguments, surroundings);
  } catch (error) {
    surroundings.error(describe(error));
    if (!(error instanceof UsageError)) return 1;
    surroundings.error(`\n${error.usage}`);
    return 2;
  }
}

async function run(
  commandArguments: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  const [command = 'help', ...rest] = commandArguments;
  switch (command) {
    case 'diagram':
      return runDiagramCommand(rest, surroundings);
    case 'migrate':
    case 'status':
    case 'sql':
      return runStorageCommand(command, rest, surroundings);
    case 'help':
    case '--help':
    case '-h':
      surroundings.out(usage);
      return 0;
    case 'version':
    case '--version':
    case '-v':
      surroundings.out(findVersion());
      return 0;
    default: {
      const verb = verbs.find((one) => one.verb === command);
      if (verb !== undefined) return runVerb(verb, rest, surroundings);
      throw new UsageError(`There is no command "${command}".`, usage);
    }
  }
}

function findVersion(): string {
  const manifest = createRequire(import.meta.url)('@nest-saga/nestjs/package.json') as {
    readonly version: string;
  };
  return manifest.version;
}

function describe(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  return isError(error) ? `${error.name}: ${error.message}` : String(error);
}
