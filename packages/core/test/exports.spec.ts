import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Every name that a file exports, types included. */
function namesIn(file: string): readonly string[] {
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
  const lists = source.matchAll(/export (?:type )?\{([^}]*)\}/g);
  return [...lists].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())).filter(Boolean);
}

describe('the root of the package', () => {
  it('exports few names, so that a reader finds what an application needs', () => {
    const names = namesIn('index.ts');
    expect(names).toContain('defineSaga');
    expect(names.length).toBeLessThanOrEqual(110);
  });

  it('shares no name with its entry points: each has one place', () => {
    const root = new Set(namesIn('index.ts'));
    const others = ['engine.ts', 'storage-kit.ts', 'diagrams.ts'].flatMap(namesIn);
    expect(others.filter((name) => root.has(name))).toEqual([]);
  });
});
