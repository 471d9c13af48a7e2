/** Limits how many handlers run at once; the others wait in order of their arrival. */
export class DeliverySlots {
  private used = 0;
  /** In order of arrival; a set, because taking the first of a long array is slow. */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly maximum: number) {}

  /** Takes a slot if one is free. */
  take(): boolean {
    if (this.used >= this.maximum) return false;
    this.used += 1;
    return true;
  }

  /** Resolves when a slot is taken for the caller. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.add(resolve);
    });
  }

  /** Passes a slot on to the first waiting call, or frees it. */
  release(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.used -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
