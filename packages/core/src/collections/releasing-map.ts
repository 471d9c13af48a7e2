/**
 * A map whose entries change all the time: it releases removed values immediately.
 *
 * A `Map` that has outgrown its table links the old table to the new one. As long as the old table is not collected, it
 * keeps all its values alive with everything that they refer to, and each small collection copies them. Here the tables
 * hold slots, and a slot is emptied when its value is removed.
 */
export class ReleasingMap<Key, Value extends object> {
  private readonly slots = new Map<Key, Slot<Value>>();

  get size(): number {
    return this.slots.size;
  }

  has(key: Key): boolean {
    return this.slots.has(key);
  }

  get(key: Key): Value | undefined {
    return this.slots.get(key)?.value;
  }

  set(key: Key, value: Value): void {
    const slot = this.slots.get(key);
    if (slot === undefined) this.slots.set(key, { value });
    else slot.value = value;
  }

  /** Whether the key existed. */
  delete(key: Key): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    slot.value = undefined;
    return this.slots.delete(key);
  }

  /**
   * The entries in the order in which their keys were added. An entry that is removed during the iteration is left out.
   */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, { value }] of this.slots) if (value !== undefined) yield [key, value];
  }

  /** The values, in the same order as `entries`. */
  *values(): IterableIterator<Value> {
    for (const { value } of this.slots.values()) if (value !== undefined) yield value;
  }
}

interface Slot<Value> {
  value: Value | undefined;
}
