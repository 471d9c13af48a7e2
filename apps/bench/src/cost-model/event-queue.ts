/** Events in the order of their times. Of two events at one time, the one that was planned first comes first. */
export class EventQueue {
  private readonly heap: Planned[] = [];
  private planned = 0;
  private time = 0;

  /** The time of the last event. */
  get now(): number {
    return this.time;
  }

  /** Plans an event after a delay. */
  after(delay: number, run: () => void): void {
    const event = { at: this.time + delay, order: this.planned++, run };
    let index = this.heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  /** Runs all events up to this time, including those that they plan. */
  runUntil(end: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= end; next = this.heap[0]) {
      this.removeFirst();
      this.time = next.at;
      next.run();
    }
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = right < this.heap.length && this.isBefore(right, left) ? right : left;
      if (child >= this.heap.length || !this.isBefore(child, index)) return;
      this.swap(index, child);
      index = child;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [first, second] = [this.heap[one], this.heap[other]];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  private swap(one: number, other: number): void {
    const [first, second] = [this.heap[one], this.heap[other]];
    if (first === undefined || second === undefined) return;
    this.heap[one] = second;
    this.heap[other] = first;
  }
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}
