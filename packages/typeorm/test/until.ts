/** Waits for a condition, up to a generous deadline. */
export async function until(what: string, isMet: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isMet())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within 60 s`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
