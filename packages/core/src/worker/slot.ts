/** A slot that is reserved for one start, until a saga is put into it or it is released. */
export class Slot {
  private isReserved = true;

  /** Whether this is the first use: a slot is filled or released once. */
  use(): boolean {
    const wasReserved = this.isReserved;
    this.isReserved = false;
    return wasReserved;
  }
}
