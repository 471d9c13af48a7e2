/** Where a process ends itself, or stands still: at the n-th time that it comes by a place of this name. */
export interface KillPlan {
  readonly place: string;
  readonly occurrence: number;
}

/** Counts the places that a process comes by, and kills it at the planned one, or does there what it is told. */
export class KillSwitch {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly plan: KillPlan | undefined,
    /** Without a word and at once, where nothing else is said. */
    private readonly kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** Every place with the number of times. */
  get passed(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  pass(place: string): void {
    if (this.isDue(place)) this.kill();
  }

  /** Like `pass`, for a place in the middle of something: kills a moment later, while that is under way. */
  passSoon(place: string): void {
    if (!this.isDue(place)) return;
    // Somewhere between the request's first byte and its answer.
    setTimeout(this.kill, Math.random() * 2);
  }

  private isDue(place: string): boolean {
    const count = (this.counts.get(place) ?? 0) + 1;
    this.counts.set(place, count);
    return this.plan?.place === place && this.plan.occurrence === count;
  }
}
