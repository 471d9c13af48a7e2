/** Words as one text: `a`, `a and b`, `a, b and c`. */
export function sayList(words: readonly string[]): string {
  const quoted = words.map(sayName);
  const last = quoted.at(-1) ?? '';
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} and ${last}`;
}

/** A name of a step or a signal in a sentence. */
export function sayName(name: string): string {
  return `“${name}”`;
}
