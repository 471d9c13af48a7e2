import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorStatuses } from '../src/http/error-statuses.js';

const root = new URL('../../../', import.meta.url);

/** The codes that the error classes of all packages have, by the name of the class. */
function codesInCode(): Readonly<Record<string, string>> {
  const files = ['core', 'nestjs', 'typeorm'].flatMap((name) => {
    const directory = `packages/${name}/src/errors/`;
    const found = readdirSync(new URL(directory, root)).filter((file) => file.endsWith('-error.ts'));
    return found.map((file) => directory + file);
  });
  return Object.fromEntries(
    files.flatMap((file) => {
      const source = read(file);
      const [, name = ''] = /export (?:abstract )?class (\w+)/.exec(source) ?? [];
      const [, code] = /(?:code(?:: string)? =|\?\?) '(SAGA_\w+)'/.exec(source) ?? [];
      return code === undefined ? [] : [[name, code]];
    }),
  );
}

function rowsOfPage(): readonly { readonly code: string; readonly status: string; readonly name: string }[] {
  const rows = read('docs/errors.md').matchAll(/^\| `(SAGA_\w+)` +\| (\d{3}) +\| `(\w+)` +\|/gm);
  return [...rows].map(([, code = '', status = '', name = '']) => ({ code, status, name }));
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

describe('the page on errors', () => {
  it('lists every code with its class, and no other', () => {
    const codes = codesInCode();
    expect(Object.keys(codes).length).toBeGreaterThan(20);
    const listed = rowsOfPage().map(({ name, code }) => [name, code]);
    expect(new Set(listed.map(([name]) => name)).size).toBe(listed.length);
    expect(Object.fromEntries(listed)).toEqual(codes);
  });

  it('gives each code the status that the filter answers', () => {
    for (const { code, status } of rowsOfPage())
      expect({ code, status }).toEqual({ code, status: String(errorStatuses.get(code) ?? 500) });
    expect(
      [...errorStatuses.keys()].filter((code) => !rowsOfPage().some((row) => row.code === code)),
    ).toEqual([]);
  });
});
