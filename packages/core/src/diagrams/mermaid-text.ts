const maximumLabelLength = 300;

/** Line breaks, control and format characters (including bidirectional overrides), and lone surrogates. */
const unprintable = /[\s\p{C}]+/gu;

/**
 * Everything except letters, marks, digits and a few signs that have no meaning in Mermaid's grammars; and the first
 * letter of the words that some of the grammars look for anywhere in a line, even inside a quoted label.
 */
const meaningful = /[^\p{L}\p{M}\p{N} .,_/'-]|d(?=irection)|s(?=tyle)|c(?=lassdef)/giu;

/** Places at which Mermaid would see an icon or a formula after decoding a label: a space without width prevents it. */
const decorated = /(?<=:)(?=fa-)|(?<=\$)(?=\$)/g;

/**
 * Any text as one line of a Mermaid label: it is shown unchanged, and can neither end the label nor start a directive,
 * a comment or a tag. Dangerous characters are written as character codes (`#59;`), which Mermaid decodes after
 * parsing.
 */
export function mermaidText(text: string): string {
  const line = shortened(text.replace(unprintable, ' ').trim(), maximumLabelLength);
  return line
    .replace(decorated, '\u200b')
    .replace(meaningful, (character) => `#${character.codePointAt(0) ?? 0xfffd};`);
}

/** A text of at most `maximumLength` characters; the end of a longer one is cut off. */
export function shortened(text: string, maximumLength: number): string {
  const characters = Array.from(text);
  if (characters.length <= maximumLength) return text;
  return `${characters.slice(0, maximumLength - 1).join('')}…`;
}
