/** Lets a limited number of holders in at a time; the others wait in turn. */
export class Permits {
  private held = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly maximum: () => number) {}

  async acquire(): Promise<void> {
    if (this.held < this.maximum()) {
      this.held += 1;
      return;
    }
    // The one that releases passes its permit on.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.held -= 1;
    else next();
  }
}
