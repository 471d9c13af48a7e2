/** The death or the freeze of a process: when it reaches the place with this name for the n-th time. */
export interface KillPlan {
  readonly place: string;
  readonly occurrence: number;
}

/** Counts the places that a process reaches, and kills it at the planned one, or calls the given function there. */
export class KillSwitch {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly plan: KillPlan | undefined,
    /** By default at once and without any cleanup. */
    private readonly kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** All places, with the number of times. */
  get passed(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  pass(place: string): void {
    if (this.isDue(place)) this.kill();
  }

  /** Like `pass`, for a place during a call: kills a moment later, while the call is under way. */
  passSoon(place: string): void {
    if (!this.isDue(place)) return;
    // At any time between the first byte of the request and its answer.
    setTimeout(this.kill, Math.random() * 2);
  }

  private isDue(place: string): boolean {
    const count = (this.counts.get(place) ?? 0) + 1;
    this.counts.set(place, count);
    return this.plan?.place === place && this.plan.occurrence === count;
  }
}
