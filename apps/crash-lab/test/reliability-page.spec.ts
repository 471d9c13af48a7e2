import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url));
const page = readFileSync(path, 'utf8');

describe('docs/reliability.md', () => {
  it('quotes only titles that the spec beside them has', () => {
    const proofs = [...page.matchAll(/^- .*\]\(([^)]+)\): "(.+)"$/gm)];
    expect(proofs.length).toBeGreaterThan(15);
    const missing = proofs.filter(([, link = '', title = '']) => !hasTitle(link, title));
    expect(missing.map(([line]) => line)).toEqual([]);
  });

  it('shows a proof of every guarantee', () => {
    const [, section = ''] = /^## Guarantees$([\s\S]*?)^## /m.exec(page) ?? [];
    const guarantees = section.split(/^### /m).slice(1);
    expect(guarantees).toHaveLength(24);
    expect(guarantees.filter((guarantee) => !guarantee.includes('spec.ts)'))).toEqual([]);
  });
});

/** A title may be nested in a describe block or stand in single or double quotes; it is on one line. */
function hasTitle(link: string, title: string): boolean {
  const text = readFileSync(resolve(dirname(path), link), 'utf8').replaceAll("\\'", "'");
  return text.includes(title);
}
