/** Counts the calls of a process that have begun and not ended. */
export class Underway {
  private begun = 0;

  get count(): number {
    return this.begun;
  }

  async during<Result>(call: () => Promise<Result>): Promise<Result> {
    this.begun++;
    try {
      return await call();
    } finally {
      this.begun--;
    }
  }
}
