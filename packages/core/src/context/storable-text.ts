const unstorable = /[\u0000\p{Surrogate}]/u;

/** Whether a value is a text that every storage can keep: not empty, bounded, without NUL and lone surrogates. */
export function isStorableText(text: unknown, maximumLength: number): text is string {
  return (
    typeof text === 'string' && text.length > 0 && text.length <= maximumLength && !unstorable.test(text)
  );
}
