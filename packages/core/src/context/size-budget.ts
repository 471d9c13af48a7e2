/** The maximum size of one stored value, in bytes of UTF-8. */
export const maximumEncodedBytes = 1_048_576;

/**
 * Counts the minimum size of a value while it is walked: a value that is too large is found before all of it is
 * visited. A value that refers to the same objects again and again would take minutes to encode.
 */
export class SizeBudget {
  private left = maximumEncodedBytes;

  /** Counts a value without its content; false if the limit is certainly exceeded. */
  takes(value: unknown): boolean {
    // A text and an object have two delimiters, and UTF-8 needs at least one byte for each UTF-16 unit.
    if (typeof value === 'string') this.left -= value.length + 2;
    else this.left -= typeof value === 'object' && value !== null ? 2 : 1;
    return this.left >= 0;
  }

  /** Counts a key with its quotes and its colon. */
  takesKey(key: string): boolean {
    this.left -= key.length + 3;
    return this.left >= 0;
  }
}
