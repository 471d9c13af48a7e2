import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proseOfPage, proseOfSource } from './prose.mjs';
import { findWords, rules } from './words.mjs';

for (const { wrong, right, instead } of rules)
  void test(`"${wrong}" is found, and "${right}" is not`, () => {
    assert.ok(
      findWords(wrong).some((word) => word.instead === instead),
      'the rule does not find its example',
    );
    assert.deepEqual(findWords(right), []);
  });

void test('a phrase is found across the end of a line, with what to write instead', () => {
  const [{ text, offset }] = proseOfPage('# Title\n\nA shutdown hands the\nsagas over.\n');
  const [word] = findWords(text);
  assert.equal(word.phrase, 'hands the\nsagas over');
  assert.equal(offset + word.offset, 20);
  assert.match(word.instead, /release/);
});

void test('code, links, generated parts and quoted titles of a page are left alone', () => {
  const page = [
    '---\nnobody: told\n---',
    '```ts\n// nobody\n```',
    'A `nobody` and [a link](docs/nobody.md).',
    '<!-- report -->\n\nnobody\n\n<!-- end of report -->',
    '- [a.spec.ts](a.spec.ts): "is told by nobody"',
  ].join('\n\n');
  assert.deepEqual(foundIn(proseOfPage(page)), []);
});

void test('each list item and each cell of a table of a page is a text', () => {
  assert.deepEqual(foundIn(proseOfPage('- One\n- What it throws is logged.\n')), [
    'What it throws is logged.',
  ]);
  assert.deepEqual(foundIn(proseOfPage('| a | b |\n| - | - |\n| x | anyone |\n')), ['anyone']);
});

void test('comments and messages of a source are read, and no code', () => {
  const source = [
    'import { nobody } from "./a text of nobody.js";',
    '/** Is told\n * by nobody. */',
    'const nobody = /nobody/; // is told',
    'throw new Error(`the saga ${nobody} was handed over to "x"`); // "// one comment"',
    "query('SELECT nobody FROM a');",
  ].join('\n');
  const all = proseOfSource(source, { texts: true });
  assert.deepEqual(foundIn(all), ['told', 'nobody', 'told', 'handed over']);
  assert.deepEqual(foundIn(proseOfSource(source, { texts: false })), ['told', 'nobody', 'told']);
});

void test('the titles of tests are read if they are asked for, and no other text of a spec', () => {
  const spec = [
    "describe('a saga that nobody owns', () => {",
    "  it('is told to the others', () => tell('a text that nobody reads'));",
    "  it.each(['told by nobody'])('is told of %s', () => undefined);",
    "  it.each`told by nobody`('goes on without them', () => undefined);",
    '});',
  ].join('\n');
  assert.deepEqual(foundIn(proseOfSource(spec, { texts: false, titles: true })), [
    'nobody',
    'told',
    'told',
    'goes on',
  ]);
  assert.deepEqual(foundIn(proseOfSource(spec, { texts: false })), []);
});

const foundIn = (parts) => parts.flatMap(({ text }) => findWords(text)).map(({ phrase }) => phrase);
