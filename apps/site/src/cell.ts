/** A text as the cell of a table in Markdown. */
export function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`');
}
