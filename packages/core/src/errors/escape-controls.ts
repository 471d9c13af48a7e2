/** Control characters, line separators, and marks that change the direction of a text. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text for one line of a log: characters that would end the line, move the cursor or colour the terminal are escaped,
 * so that a text from outside cannot look like a separate line.
 */
export function escapeControls(text: string): string {
  return text.replace(
    unprintable,
    (character) => shortForms[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
