/**
 * A map for what comes and goes all the time: it lets go of what is taken out of it.
 *
 * V8 links the table that a `Map` has outgrown to the next one. Once such a table is old, it keeps alive, until the next
 * full collection, every value that was in it when it was replaced, with all that hangs on it, so that each small
 * collection copies them. Here the tables hold slots, and a slot is emptied when its value is taken out.
 */
export class ForgetfulMap<Key, Value extends object> {
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

  /** Whether there was such a key. */
  delete(key: Key): boolean {
    const slot = this.slots.get(key);
    if (slot === undefined) return false;
    slot.value = undefined;
    return this.slots.delete(key);
  }

  /** In the order in which the keys came. One that is taken out meanwhile is left out. */
  *entries(): IterableIterator<[Key, Value]> {
    for (const [key, { value }] of this.slots) if (value !== undefined) yield [key, value];
  }

  /** As `entries`. */
  *values(): IterableIterator<Value> {
    for (const { value } of this.slots.values()) if (value !== undefined) yield value;
  }
}

interface Slot<Value> {
  value: Value | undefined;
}
