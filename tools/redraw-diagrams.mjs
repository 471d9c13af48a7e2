/**
 * Draws the pictures of docs/diagrams.md again, after a diagram was changed on purpose. Run it with `node
 * --conditions=@nest-saga/source --import @nest-saga/typescript-loader tools/redraw-diagrams.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { redrawn } from '../packages/core/test/diagrams/diagrams-page.ts';

const page = new URL('../docs/diagrams.md', import.meta.url);
writeFileSync(page, redrawn(readFileSync(page, 'utf8')));
