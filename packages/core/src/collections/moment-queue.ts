/**
 * A queue of values, each until its moment. It is a heap, so a million waiting values do not slow down the due ones.
 */
export class MomentQueue<Value> {
  /** No moment is later than its children, which are at twice its index. */
  private readonly heap: { readonly at: number; readonly value: Value }[] = [];

  /** Adds a value until its moment. */
  add(at: number, value: Value): void {
    const { heap } = this;
    const item = { at, value };
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] ?? item;
      if (above.at <= at) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = item;
  }

  /** Removes and returns the values whose moment has come, the earliest first. */
  takeDue(now: number): readonly Value[] {
    const due: Value[] = [];
    for (let [first] = this.heap; first !== undefined && first.at <= now; [first] = this.heap) {
      due.push(first.value);
      this.removeFirst();
    }
    return due;
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    const { length } = heap;
    if (last === undefined || length === 0) return;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      const [left, right] = [heap[child] ?? last, heap[child + 1]];
      const smaller = right !== undefined && right.at < left.at ? right : left;
      if (smaller.at >= last.at) break;
      heap[place] = smaller;
      place = smaller === right ? child + 1 : child;
    }
    heap[place] = last;
  }
}
