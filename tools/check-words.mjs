/**
 * Checks that the texts of the project have none of the words in `words.mjs`. Without arguments it checks the folders
 * below; `node tools/check-words.mjs packages/core` checks the given folder, for example before it is added to them.
 */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { proseOfPage, proseOfSource } from './prose.mjs';
import { findWords } from './words.mjs';

/** The files and folders to check, as for `git ls-files`. Add a folder here when it is clean. */
const checked = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'packages/*/README.md',
  'docs/*.md',
  '.changeset',
  'packages/nestjs',
  'apps/orders/src',
  'apps/orders/test',
  'libs',
  'tools',
  'jest.config.ts',
  'apps/bench',
  'apps/crash-lab',
  'packages/core',
  'packages/operations',
  'packages/kafka',
  'packages/nats',
  'packages/participant',
  'packages/rabbitmq',
  'packages/redis',
  'packages/testing',
  'packages/typeorm',
];

/** The folders whose titles of tests are checked, too. Add a folder here when they are clean. */
const checkedTitles = [
  'apps/orders/',
  'packages/typeorm/',
  'packages/nestjs/',
  'libs/',
  'apps/bench/',
  'apps/crash-lab/',
  'packages/core/',
  'packages/operations/',
  'packages/kafka/',
  'packages/nats/',
  'packages/participant/',
  'packages/rabbitmq/',
  'packages/redis/',
  'packages/testing/',
];

const places = process.argv.slice(2);
const listed = execFileSync('git', ['ls-files', '--', ...(places.length > 0 ? places : checked)], {
  encoding: 'utf8',
});
const files = listed
  .split('\n')
  .filter((file) => /\.(?:md|[cm]?[jt]s)$/.test(file) && !isTheListItself(file));

let found = 0;
for (const file of files) {
  const content = readFileSync(file, 'utf8');
  for (const { text, offset } of proseOf(file, content))
    for (const word of findWords(text)) {
      found++;
      const line = content.slice(0, offset + word.offset).split('\n').length;
      console.error(`${file}:${line}: "${word.phrase.replaceAll(/\s+/g, ' ')}" – write ${word.instead}`);
    }
}
console.log(`${files.length} files checked for words that are not used here, ${found} found`);
if (found > 0 || files.length === 0) process.exitCode = 1;

function proseOf(file, content) {
  if (file.endsWith('.md')) return proseOfPage(content);
  return proseOfSource(content, {
    texts: !/(?:^|\/)tests?\/|spec\.ts$/.test(file),
    // The titles of tests are the names of behaviours; documents quote them.
    titles: checkedTitles.some((folder) => file.startsWith(folder)),
  });
}

function isTheListItself(file) {
  return /^tools\/(?:words|check-words\.test)\.mjs$/.test(file);
}
