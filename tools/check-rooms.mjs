/**
 * Checks the sizes that ARCHITECTURE.md promises of the rooms: no room of the core has more than 18 % of its lines, and
 * the folders that a reader opens first have few files. The linter checks that no two files import each other.
 */
import { readdirSync, readFileSync } from 'node:fs';

const maximumShare = 0.18;
const maximumRootFiles = { 'packages/core/src': 6, 'packages/nestjs/src': 6 };

const lines = new Map();
for (const file of readdirSync('packages/core/src', { recursive: true, encoding: 'utf8' })) {
  if (!file.includes('/') || !file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
  const [room = ''] = file.split('/');
  const { length } = readFileSync(`packages/core/src/${file}`, 'utf8').split('\n');
  lines.set(room, (lines.get(room) ?? 0) + length);
}
const all = [...lines.values()].reduce((sum, count) => sum + count, 0);
for (const [room, count] of [...lines].toSorted(([, one], [, other]) => other - one).slice(0, 3))
  report(count / all <= maximumShare, `core/${room} has ${((100 * count) / all).toFixed(1)} % of the core`);
for (const [folder, maximum] of Object.entries(maximumRootFiles)) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  report(files.length <= maximum, `${folder} has ${files.length} files of its own`);
}

function report(isFine, text) {
  console.log(`${isFine ? 'ok    ' : 'failed'} room ${text}`);
  if (!isFine) process.exitCode = 1;
}
