import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOn, expectedCalls, redrawn } from './diagrams-page.js';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/diagrams.md'), 'utf8');

describe('the page about diagrams', () => {
  it('declares the saga whose pictures it shows', () => {
    const example = readFileSync(join(import.meta.dirname, 'example.ts'), 'utf8');
    const [declared = ''] = /^export const orderSaga = .*?^}\);$/ms.exec(example) ?? [];
    expect(declared).toContain('defineSaga');
    expect(page).toContain(declared);
  });

  it('has an example of each kind', () => {
    expect(callsOn(page)).toEqual(expectedCalls);
  });

  // If this fails after an intended change of a diagram, run: node --conditions=@nest-saga/source --import
  // @nest-saga/typescript-loader tools/redraw-diagrams.mjs
  it('shows what the code draws', () => {
    expect(page).toBe(redrawn(page));
  });
});
