/** Removes everything unreachable from the heap, so that the rest can be measured. Needs `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('Run this process with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
}
