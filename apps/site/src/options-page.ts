import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './packages.js';

/** The page with the tables of options of all pages: each is compared with the code where it stands. */
export function optionsPage(): string {
  const tables = pages().flatMap(({ name, text }) =>
    [...text.matchAll(/^\| (?:option|setting)\b[^\n]*\n\|[ -|]*\n(?:\|.*\n)+/gm)].map(
      ([table]) => `${whereOf(name, table)}\n\n${table}`,
    ),
  );
  return `${title}\n${tables.join('\n')}`;
}

const title = `# Reference: options

All options, with their defaults. Every duration is in milliseconds, and \`seconds()\` to \`days()\` make one. This page is generated from the
tables of the other pages, which are compared with the code.
`;

function pages(): readonly { readonly name: string; readonly text: string }[] {
  const docs = readdirSync(join(repository, 'docs')).filter(
    (name) => name.endsWith('.md') && !name.startsWith('reference-'),
  );
  const readmes = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`);
  return [...readmes, ...docs.map((name) => `docs/${name}`)].map((name) => ({
    name,
    text: readFileSync(join(repository, name), 'utf8'),
  }));
}

function whereOf(name: string, table: string): string {
  const [, what = ''] = /^\| ((?:option|setting)[^|]*?)\s*\|/.exec(table) ?? [];
  const link = name.startsWith('docs/') ? name.slice('docs/'.length) : `../${name}`;
  const page = name.replace(/^docs\/|\.md$/g, '').replace(/^packages\/(.*)\/README$/, '@nest-saga/$1');
  return `## ${what[0]?.toUpperCase()}${what.slice(1)} (${page})\n\nMore on the [page](${link}).`;
}
