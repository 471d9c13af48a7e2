import { parseArgs } from 'node:util';
import { diagramKinds } from '@nest-saga/core/diagrams';
import { isError, isSagaId } from '@nest-saga/core/engine';
import { UsageError } from '../usage-error.js';
import type { DiagramKind } from '@nest-saga/core/diagrams';

/** The parsed command line of `nest-saga diagram`. */
export interface DiagramCommandLine {
  /** The compiled file of the application's root module; undefined is possible only together with an execution. */
  readonly file: string | undefined;
  /** Undefined: the only module that the file exports. */
  readonly exportName: string | undefined;
  /** Undefined: all sagas. */
  readonly saga: string | undefined;
  /** Undefined: all versions. */
  readonly version: number | undefined;
  readonly kinds: readonly DiagramKind[];
  /** Undefined: to the standard output. */
  readonly outputDirectory: string | undefined;
  /** Undefined: the sagas themselves are drawn. */
  readonly execution: ExecutionToDraw | undefined;
}

/** The execution to draw, and its database. */
export interface ExecutionToDraw {
  readonly sagaId: string;
  /** Undefined: the environment has the URL. */
  readonly url: string | undefined;
  /** Undefined: the default of the storage. */
  readonly schema: string | undefined;
}

/** The answer to `nest-saga diagram --help`. */
export const diagramUsage = `Usage: nest-saga diagram <module file> [options]
       nest-saga diagram [module file] --execution <id> [options]

Draws the sagas of an application as Mermaid text. The file is the compiled one of its root module, for example
dist/app.module.js. It is imported, but nothing in it is started: no provider is made and no factory called, so no
database has to be there.

Options:
  --export <name>    which export is the root module (default: the only module there, or AppModule)
  --saga <name>      only this saga
  --version <number> only this version of it
  --kind <kind>      ${diagramKinds.join(', ')}; may be given more than once (default: sequence)
  --out <directory>  write each diagram to a file there (default: print them)
  --execution <id>   what became of one saga, from its journal; with a module file also the steps that have not run
  --url <url>        with --execution: the database (default: DATABASE_URL)
  --schema <name>    with --execution: where the saga tables are (default: that of the storage)
  --help             this text

One diagram is printed as Mermaid text, several as Markdown with a heading for each.

A root module that is made by a static forRoot() or register() is made with no settings: forRoot({}). If it cannot be
made so, export one that can be imported and name it: export const drawnModule = AppModule.forRoot(settings).`;

/**
 * Reads the command line.
 *
 * @returns The parsed command line; undefined if it only asks for help.
 * @throws UsageError
 */
export function parseDiagramCommandLine(commandArguments: readonly string[]): DiagramCommandLine | undefined {
  const { values, positionals } = parse(commandArguments);
  if (values.help === true) return undefined;
  const [file, ...rest] = positionals;
  const execution = readExecution(values);
  if (file === undefined && execution === undefined)
    throw new UsageError('Say which file has the root module.', diagramUsage);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`, diagramUsage);
  const kinds = (values.kind ?? ['sequence']).map(checkKind);
  return {
    file,
    exportName: values.export,
    saga: values.saga,
    version: values.version === undefined ? undefined : checkVersion(values.version),
    kinds: [...new Set(kinds)],
    outputDirectory: values.out,
    execution,
  };
}

function readExecution(values: ReturnType<typeof parse>['values']): ExecutionToDraw | undefined {
  const { execution: sagaId, url, schema } = values;
  const [foreign] =
    sagaId === undefined
      ? (['url', 'schema'] as const).filter((option) => values[option] !== undefined)
      : (['saga', 'version', 'kind'] as const).filter((option) => values[option] !== undefined);
  if (foreign !== undefined) {
    const why = sagaId === undefined ? 'is for --execution only' : 'is not for --execution';
    throw new UsageError(`--${foreign} ${why}.`, diagramUsage);
  }
  if (sagaId === undefined) return undefined;
  const id = sagaId.toLowerCase();
  if (!isSagaId(id)) throw new UsageError(`"${sagaId}" is not the id of a saga: pass a UUID.`, diagramUsage);
  return { sagaId: id, url, schema };
}

function parse(commandArguments: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandArguments],
      allowPositionals: true,
      options: {
        export: { type: 'string' },
        saga: { type: 'string' },
        version: { type: 'string' },
        kind: { type: 'string', multiple: true },
        out: { type: 'string' },
        execution: { type: 'string' },
        url: { type: 'string' },
        schema: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(isError(error) ? error.message : String(error), diagramUsage);
  }
}

function checkKind(kind: string): DiagramKind {
  const known = diagramKinds.find((one) => one === kind);
  if (known !== undefined) return known;
  throw new UsageError(
    `There is no diagram of kind "${kind}". There are: ${diagramKinds.join(', ')}.`,
    diagramUsage,
  );
}

function checkVersion(version: string): number {
  if (/^[1-9]\d{0,9}$/.test(version)) return Number(version);
  throw new UsageError(`"${version}" is not a version: pass a positive whole number.`, diagramUsage);
}
