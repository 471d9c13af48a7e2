/** Resolves when the parent ends this process's standard input. */
export async function untilInputEnds(): Promise<void> {
  process.stdin.resume();
  await new Promise<void>((resolve) => process.stdin.once('end', resolve));
}
