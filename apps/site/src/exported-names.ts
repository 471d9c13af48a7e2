import { join } from 'node:path';
import ts from 'typescript';
import type { EntryPoint } from './packages.js';
import { repository } from './packages.js';

/** An export of an entry point. */
export interface ExportedName {
  readonly name: string;
  /** The first sentence of its comment; empty if it has none. */
  readonly summary: string;
}

/** The exports of each entry point, in the order of their names. */
export function exportedNames(
  entries: readonly EntryPoint[],
): ReadonlyMap<EntryPoint, readonly ExportedName[]> {
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  return new Map(
    entries.map((entry) => {
      const source = program.getSourceFile(entry.file);
      const symbol = source && checker.getSymbolAtLocation(source);
      if (symbol === undefined) throw new Error(`${entry.file} exports nothing`);
      const names = checker.getExportsOfModule(symbol).map((exported) => describe(checker, exported));
      return [entry, names.toSorted((one, other) => one.name.localeCompare(other.name, 'en'))];
    }),
  );
}

function describe(checker: ts.TypeChecker, exported: ts.Symbol): ExportedName {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return { name: exported.name, summary: firstSentence(comment) };
}

function firstSentence(comment: string): string {
  const [paragraph = ''] = comment.split('\n\n');
  const line = paragraph.replaceAll(/\s+/g, ' ').trim();
  return /^.*?[.!?](?= [A-Z`@]|$)/.exec(line)?.[0] ?? line;
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(repository, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, repository).options, noEmit: true };
}
