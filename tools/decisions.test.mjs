import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../docs/adr/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const records = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));
const rows = [...read('README.md').matchAll(/^\| \[(\d{4})\]\(([^)]+)\) +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, number, file, title, status]) => ({ number, file, title, status }),
);

void test('the index of the decisions lists every record with its number and title', () => {
  assert.deepEqual(
    rows.map(({ number, file, title }) => ({ number, file, title })),
    records.map((file) => ({
      number: file.slice(0, 4),
      file,
      title: /^# (.+)$/m.exec(read(file))?.[1],
    })),
  );
});

void test('each decision is accepted, or superseded by one that is listed', () => {
  const wrong = rows.filter(({ status }) => {
    const [, by] = /^superseded by \[\d{4}\]\(([^)]+)\)$/.exec(status) ?? [];
    return status !== 'accepted' && !rows.some(({ file }) => file === by);
  });
  assert.deepEqual(wrong, []);
});
