const maximumLabelLength = 300;

/** Line breaks, control and format characters (bidirectional overrides among them), halves of characters. */
const unprintable = /[\s\p{C}]+/gu;

/**
 * Everything but letters, marks, digits and a few signs that mean nothing to any of Mermaid's grammars; and the first
 * letter of the words that some of them look for anywhere in a line, inside a quoted label too.
 */
const meaningful = /[^\p{L}\p{M}\p{N} .,_/'-]|d(?=irection)|s(?=tyle)|c(?=lassdef)/giu;

/** What Mermaid makes an icon or a formula of once a label is decoded: a space without width keeps it a text. */
const decorated = /(?<=:)(?=fa-)|(?<=\$)(?=\$)/g;

/**
 * Any text as one line of a Mermaid label: it shows as it is, and can neither end the label, nor start a directive, a
 * comment or a tag. What might is written as a character code (`#59;`), which Mermaid decodes after it has parsed.
 */
export function mermaidText(text: string): string {
  const line = shortened(text.replace(unprintable, ' ').trim(), maximumLabelLength);
  return line
    .replace(decorated, '\u200b')
    .replace(meaningful, (character) => `#${character.codePointAt(0) ?? 0xfffd};`);
}

/** A text of at most so many characters, the end cut off where it has more. */
export function shortened(text: string, maximumLength: number): string {
  const characters = Array.from(text);
  if (characters.length <= maximumLength) return text;
  return `${characters.slice(0, maximumLength - 1).join('')}…`;
}
