import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOn, expectedCalls, redrawn } from './diagrams-page.js';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/diagrams.md'), 'utf8');

describe('the page about diagrams', () => {
  it('has an example of each kind', () => {
    expect(callsOn(page)).toEqual(expectedCalls);
  });

  // Where this fails because a diagram was meant to change, run:
  // node --conditions=@nest-saga/source --import @nest-saga/typescript-loader tools/redraw-diagrams.mjs
  it('shows what the code draws', () => {
    expect(page).toBe(redrawn(page));
  });
});
