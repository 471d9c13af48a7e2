import fc from 'fast-check';
import { anyLabel, hostileLabels } from '../../test/diagrams/labels.js';
import { mermaidText, shortened } from './mermaid-text.js';

describe('the text of a Mermaid label', () => {
  it('leaves words, numbers and letters of every script as they are', () => {
    expect(mermaidText('reserve-inventory, Größe 2, 配送, ошибка, خطأ')).toBe(
      'reserve-inventory, Größe 2, 配送, ошибка, خطأ',
    );
  });

  it('writes what any of the grammars could read as a character code', () => {
    expect(mermaidText('a;b')).toBe('a#59;b');
    expect(mermaidText('"#<>{}%&`:')).toBe('#34;#35;#60;#62;#123;#125;#37;#38;#96;#58;');
    expect(mermaidText('🚚')).toBe('#128666;');
  });

  it('breaks up the words that some grammars look for anywhere in a line', () => {
    expect(mermaidText('new Direction LR')).toBe('new #68;irection LR');
    expect(mermaidText('restyle classDef')).toBe('re#115;tyle #99;lassDef');
  });

  it('is a text where Mermaid would draw an icon or a formula', () => {
    expect(mermaidText('fa:fa-car')).toBe('fa#58;#8203;fa-car');
    expect(mermaidText('$$x$$')).toBe('#36;#8203;#36;x#36;#8203;#36;');
  });

  it('is one line without control characters, invisible signs or halves of characters', () => {
    expect(mermaidText(' one\r\ntwo\u2028three\u0000four\t\u202efive \ud800 six ')).toBe(
      'one two three four five six',
    );
  });

  it('is never longer than a box can show, and cuts no character in two', () => {
    expect(mermaidText('x'.repeat(2_000))).toBe(`${'x'.repeat(299)}#8230;`);
    expect(shortened('🚚🚚🚚', 2)).toBe('🚚…');
    expect(shortened('abc', 3)).toBe('abc');
  });

  it('contains nothing but safe characters and character codes, whatever it is given', () => {
    const isSafe = (text: string): boolean =>
      /^(?:[\p{L}\p{M}\p{N} .,_/'-]|#\d+;)*$/u.test(mermaidText(text));
    expect(hostileLabels.filter((text) => !isSafe(text))).toEqual([]);
    fc.assert(fc.property(anyLabel, isSafe));
  });
});
