import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';
import { diagramKinds } from './draw-diagrams.js';
import type { DiagramKind } from './draw-diagrams.js';

/** What `nest-saga diagram` is asked to do. */
export interface DiagramCommandLine {
  /** The compiled file of the application's root module. */
  readonly file: string;
  /** Undefined: the one module that the file exports. */
  readonly exportName: string | undefined;
  /** Undefined: every saga. */
  readonly saga: string | undefined;
  /** Undefined: every version. */
  readonly version: number | undefined;
  readonly kinds: readonly DiagramKind[];
  /** Undefined: to the standard output. */
  readonly outputDirectory: string | undefined;
}

/** What `nest-saga diagram --help` says. */
export const diagramUsage = `Usage: nest-saga diagram <module file> [options]

Draws the sagas of an application as Mermaid text. The file is the compiled one of its root module, for example
dist/app.module.js. It is imported, but nothing in it is started: no provider is made and no factory called, so no
database has to be there.

Options:
  --export <name>    which export is the root module (default: the only module there, or AppModule)
  --saga <name>      only this saga
  --version <number> only this version of it
  --kind <kind>      ${diagramKinds.join(', ')}; may be given more than once (default: sequence)
  --out <directory>  write each diagram to a file there (default: print them)
  --help             this text

One diagram is printed as Mermaid text, several as Markdown with a heading for each.

A root module that is made by a static forRoot() or register() is made with no settings: forRoot({}). If it cannot be
made so, export one that can be imported and name it: export const drawnModule = AppModule.forRoot(settings).`;

/**
 * Reads the command line.
 *
 * @returns What to do; undefined where only help was asked for.
 * @throws UsageError
 */
export function parseDiagramCommandLine(commandArguments: readonly string[]): DiagramCommandLine | undefined {
  const { values, positionals } = parse(commandArguments);
  if (values.help === true) return undefined;
  const [file, ...rest] = positionals;
  if (file === undefined) throw new UsageError('Say which file has the root module.', diagramUsage);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many.`, diagramUsage);
  const kinds = (values.kind ?? ['sequence']).map(checkKind);
  return {
    file,
    exportName: values.export,
    saga: values.saga,
    version: values.version === undefined ? undefined : checkVersion(values.version),
    kinds: [...new Set(kinds)],
    outputDirectory: values.out,
  };
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
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), diagramUsage);
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
