import fc from 'fast-check';

/** A directive of Mermaid, which it accepts anywhere in a text. */
export const hostileDirective = '%%{init: {"securityLevel": "loose", "theme": "dark"}}%%';

/** Texts that break a label, start something else or reach a page as markup if they are not encoded. */
export const hostileLabels: readonly string[] = [
  'end',
  'end\nend',
  '"]; click scene1 call alert(1)',
  '"):::stuck --> scene1',
  '\'] }} ]) )) |"| -->',
  '<script>alert(1)</script>',
  '<img src=x onerror="alert(1)">',
  '&lt;img src=x onerror=alert(1)&gt;',
  '#lt;b#gt; #59; #quot;',
  '%% a comment',
  hostileDirective,
  '---\ntitle: taken over\n---',
  'direction LR',
  'change of Direction  TB now',
  'style:#35;x style scene1 fill:#f00;',
  'classDef completed fill:#000;',
  'class scene1 stuck',
  'state x <<choice>>',
  'note right of failed : taken over',
  'participant other as Other',
  'saga->>step1: forged',
  'a;b;;c:d::e:::f',
  'wrap: of something',
  'nowrap:x',
  ':',
  '-->',
  '->>',
  '`**bold**` _it_ ~~struck~~ ~generic~',
  '1. a list',
  '- a list',
  '# a title',
  '$$\\int x$$',
  'fa:fa-car [link](javascript:alert(1)) https://example.org/?a=b#c',
  '{ { } @{ shape: circle } {{mustache}} {',
  'one\r\ntwo\u2028three\u2029four\u0000five\tsix',
  '\ufb02\u00b0lt\u00b6\u00df \ufb02\u00b0\u00b060\u00b6\u00df',
  'Größe, 配送に失敗, ошибка, خطأ, 🚚👩‍👩‍👧',
  '\u202egnp.exe \ud800 lone',
  'accTitle: x accDescr { x }',
  '*$ +act(x) #secret -private ~package',
  '\\n \\" \\\\',
  '[*] --> completed',
  '__proto__',
  'constructor',
];

/** Any character of Unicode, halves of surrogate pairs included; fast-check's own takes half a second to set up. */
const anyCharacter = fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code));

/** Any text: hostile ones, two of them put together, and random characters of all of Unicode. */
export const anyLabel: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileLabels),
  fc.tuple(fc.constantFrom(...hostileLabels), fc.constantFrom(...hostileLabels)).map((two) => two.join(' ')),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ maxLength: 30 }),
);

/** Ids that the name pattern allows, words of Mermaid's grammars among them. */
export const stepId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'end',
    'state',
    'class',
    'default',
    'style',
    'direction',
    'note',
    'saga',
    'o',
    'x',
    'act1',
    'a--b',
    'a:::b',
    'a..b',
    'A_.-:9',
    'v',
    'stuck',
    'graph',
    'subgraph',
    'click',
    'constructor',
    'toString',
  ),
  fc.stringMatching(/^[A-Za-z][\w.:-]{0,19}$/),
);

/**
 * A text as a label shows it: on one line, without invisible characters except those that keep icons and formulas as
 * texts.
 */
export function shownAs(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.replaceAll('$$', '$\u200b$').replaceAll(':fa-', ':\u200bfa-');
}
