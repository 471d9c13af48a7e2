import { escapeControls } from './escape-controls.js';

describe('escapeControls', () => {
  it.each([
    ['a line break', 'one\n[Nest] LOG admin', 'one\\n[Nest] LOG admin'],
    ['a carriage return and a tab', 'a\r\tb', 'a\\r\\tb'],
    ['an escape sequence', 'a\u001b[2J\u0007', 'a\\u001b[2J\\u0007'],
    ['the second row of controls', 'a\u009b31m\u007f', 'a\\u009b31m\\u007f'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['marks that turn the direction around', 'a\u202eb', 'a\\u202eb'],
  ])('spells out %s', (_, text, escaped) => {
    expect(escapeControls(text)).toBe(escaped);
  });

  it('leaves every other text as it is', () => {
    expect(escapeControls('Grüße, "€" 日本 👋 \\n')).toBe('Grüße, "€" 日本 👋 \\n');
  });
});
