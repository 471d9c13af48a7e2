/** The hard limit of one stored value, in bytes of UTF-8. */
export const maximumEncodedBytes = 1_048_576;

/**
 * Counts what a value will take at least, while it is walked: a value that will be too large is known before all
 * of it is seen. One that refers to the same objects again and again would take minutes to write out.
 */
export class SizeBudget {
  private left = maximumEncodedBytes;

  /** Takes a value without what is in it; false once the limit is passed for certain. */
  takes(value: unknown): boolean {
    // A text and an object have two marks around them, and UTF-8 needs at least one byte for each UTF-16 unit.
    if (typeof value === 'string') this.left -= value.length + 2;
    else this.left -= typeof value === 'object' && value !== null ? 2 : 1;
    return this.left >= 0;
  }

  /** Takes a key with its quotes and its colon. */
  takesKey(key: string): boolean {
    this.left -= key.length + 3;
    return this.left >= 0;
  }
}
