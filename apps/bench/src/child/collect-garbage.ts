/** Leaves only what is alive in the heap, so that what is left can be counted. Needs `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('Run this process with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
}
