import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OptionTable } from '@nest-saga/core/engine';

/** One row of a page's table of options. */
export interface OptionRow {
  readonly name: string;
  readonly default: string;
  readonly text: string;
}

/**
 * The rows that a page has to have for a table of options: the path of each option, its default, and the first sentence of the
 * comment above it.
 *
 * @param sources The files that the table and its groups are in, relative to `packages`. The first row of a name counts.
 */
export function rowsOf(table: OptionTable, sources: readonly string[]): readonly OptionRow[] {
  const source = sources.map((file) => read(`../../${file}`)).join('\n');
  return flatten(table).map(({ path, name, byDefault }) => {
    const comment = commentOf(source, name, path);
    const [, said] = /@default ([^\n]*?)\s*$/.exec(comment) ?? [];
    return {
      name: path,
      default: (byDefault ?? said ?? 'none').replaceAll('`', ''),
      text: firstSentence(comment),
    };
  });
}

/** The rows of the table with this title that a page has. */
export function rowsOnPage(page: string, title: string): readonly OptionRow[] {
  const [, , found = ''] = tableOf(title).exec(read(page)) ?? [];
  return linesOf(found).map(toRow);
}

/** Writes these rows to the table with this title of a page. A row that the page has already stays as it is. */
export async function writeRows(page: string, title: string, rows: readonly OptionRow[]): Promise<void> {
  const [, , found = ''] = tableOf(title).exec(read(page)) ?? [];
  const existing = new Map(linesOf(found).map((line) => [JSON.stringify(toRow(line)), line]));
  const lines = rows.map((row) => existing.get(JSON.stringify(row)) ?? toLine(row));
  const content = read(page).replace(
    tableOf(title),
    (_whole, head: string) => `${head}${lines.join('\n')}\n`,
  );
  const file = fileURLToPath(new URL(page, import.meta.url));
  const { format, resolveConfig } = await import('prettier');
  writeFileSync(file, await format(content, { ...(await resolveConfig(file)), filepath: file }));
}

function toLine({ name, default: byDefault, text }: OptionRow): string {
  const value = byDefault.startsWith("'") ? `\`${byDefault}\`` : byDefault;
  return `| \`${name}\` | ${value} | ${text} |`;
}

function toRow(line: string): OptionRow {
  const [, name = '', byDefault = '', text = ''] = line.split('|').map((cell) => cell.trim());
  return { name: name.replaceAll('`', ''), default: byDefault.replaceAll('`', ''), text };
}

function linesOf(rows: string): readonly string[] {
  return rows.trim().split('\n');
}

/** The head of the table with this title, and its rows. */
function tableOf(title: string): RegExp {
  return new RegExp(`^(\\| ${title} .*?\\n\\|[ -|]*\\n)((?:\\|.*\\n)+)`, 'm');
}

/** The defaults that the comments above the options of a table give, by the option's path. */
export function documentedDefaults(
  table: OptionTable,
  sources: readonly string[],
): Readonly<Record<string, string>> {
  const source = sources.map((file) => read(`../../${file}`)).join('\n');
  return Object.fromEntries(
    flatten(table).flatMap(({ path, name, byDefault }) => {
      const [, said = ''] = /@default ([^\n]*?)\s*$/.exec(commentOf(source, name, path)) ?? [];
      return byDefault === undefined ? [] : [[path, said]];
    }),
  );
}

/** The defaults that are used, by the option's path, as source code has them. */
export function usedDefaults(table: OptionTable): Readonly<Record<string, string>> {
  const rows = flatten(table).filter(({ byDefault }) => byDefault !== undefined);
  return Object.fromEntries(rows.map(({ path, value }) => [path, asSource(value)]));
}

interface FlatOption {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
  readonly byDefault: string | undefined;
}

function flatten(table: OptionTable, prefix = ''): readonly FlatOption[] {
  return Object.entries(table).flatMap(([name, row]): readonly FlatOption[] => {
    const path = `${prefix}${name}`;
    if (row.table !== undefined) return flatten(row.table, `${path}.`);
    const value = row.default;
    return [{ path, name, value, byDefault: value === undefined ? undefined : asText(value) }];
  });
}

/** The comment above an option, in the table that its group is or spreads, or in a table without a group. */
function commentOf(source: string, name: string, path: string): string {
  const [group = ''] = path.split('.');
  const bodies = [...source.matchAll(/const (\w+?)(?:Table|Extras) = \{\n([\s\S]*?)\n\};/g)];
  const own = bodies.filter(([, table]) =>
    path === name ? !source.includes(`group(${table}Table)`) : table === group,
  );
  const spread = bodies.filter(([, table]) =>
    own.some(([, , body = '']) => body.includes(`...${table}Table`)),
  );
  const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${name}[:,]`);
  for (const [, , body = ''] of [...own, ...spread]) {
    const found = comment.exec(body)?.[1];
    if (found !== undefined) return found.replace(/\s*\n\s*\*[ ]?/g, '\n').trim();
  }
  throw new Error(`the option ${path} has no comment`);
}

function firstSentence(comment: string): string {
  const [text = ''] = comment.split('@default');
  const [sentence = ''] = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/\.(?:\s|$)/);
  return sentence;
}

function asText(value: unknown): string {
  return typeof value === 'number'
    ? value.toLocaleString('en')
    : typeof value === 'string'
      ? `'${value}'`
      : String(value);
}

function asSource(value: unknown): string {
  return asText(value).replaceAll(',', '_');
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
