/** `describe` if the tests can run here. If not, they are skipped, and the reason is printed. */
export function describeWhere(isThere: boolean, reason: string): typeof describe.skip {
  if (isThere) return describe;
  console.warn(`Skipped: ${reason}`);
  return describe.skip;
}
