/** `describe` where what its tests need is there; where it is not they are skipped, and the reason is printed. */
export function describeWhere(isThere: boolean, reason: string): typeof describe.skip {
  if (isThere) return describe;
  console.warn(`Skipped: ${reason}`);
  return describe.skip;
}
