/** The column `tags` of `saga_execution`, as the text of an array in PostgreSQL. */
export function toTagsColumn(tags: readonly string[] | undefined): string | null {
  if (tags === undefined || tags.length === 0) return null;
  return `{${tags.map((tag) => `"${tag.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
