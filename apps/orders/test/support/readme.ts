import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../../../..');

/** A code block of the README. */
export interface CodeBlock {
  readonly language: string;
  /** From its first line, `// order.saga.ts`. */
  readonly file: string | undefined;
  readonly code: string;
}

/** The README as its readers get it. */
export function readReadme(): string {
  return readFileSync(resolve(repository, 'README.md'), 'utf8');
}

/** A page of the documentation, by its name. */
export function readPage(name: string): string {
  return readFileSync(resolve(repository, 'docs', `${name}.md`), 'utf8');
}

/** The code blocks of a page, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    file: /^\/\/ (\S+\.(?:ts|js))\n/.exec(code)?.[1],
    code,
  }));
}
