import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../..');

/** Classes that never leave the package that makes them, or whose check may return false without harm. */
const allowed = new Set([
  'StopRun',
  'DeadlineError',
  'PostgresError',
  'UsageError',
  'CommandError',
  'Unresolved',
  'Subscriber',
  'contextClass',
  'errorClass',
  'matcher',
]);

function sourcesOf(name: string): readonly string[] {
  const folder = join(packages, name, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .map((file) => join(folder, file));
}

function classesAskedFor(file: string): readonly string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*/g, '');
  return [...code.matchAll(/\binstanceof\s+([\w.]+)/g)].map(([, name = '']) => name);
}

test.each(['core', 'nestjs', 'typeorm'])(
  '%s asks by instanceof for classes of its own at the most',
  (name) => {
    const sources = sourcesOf(name);
    expect(sources.length).toBeGreaterThan(10);
    const strangers = sources.flatMap((file) =>
      classesAskedFor(file)
        .filter((asked) => !allowed.has(asked))
        .map((asked) => `${file} asks for ${asked}: see src/identity`),
    );
    expect(strangers).toEqual([]);
  },
);
