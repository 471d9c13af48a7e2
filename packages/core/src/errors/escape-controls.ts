/** Control characters, the separators of lines, and marks that turn the direction of a text around. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text for one line of a log: whatever would end the line, move the cursor or colour the terminal is spelled out, so that a
 * text that somebody else chose cannot pass for a line of its own.
 */
export function escapeControls(text: string): string {
  return text.replace(
    unprintable,
    (character) => shortForms[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
