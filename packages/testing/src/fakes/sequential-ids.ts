import type { IdGenerator } from '@nest-saga/core/engine';

/** Ids that count up and randomness that a test chooses, so that every run of a test is the same. */
export class SequentialIds implements IdGenerator {
  private count = 0;

  /**
   * @param nextRandom What `random()` gives, from 0 to 1 (excluded). @default 0
   * @param series Tells the ids of several generators apart, from 0 to 65,535. @default 0
   */
  constructor(
    public nextRandom = 0,
    private readonly series = 0,
  ) {}

  nextId(): string {
    this.count++;
    const [series, count] = [hexadecimal(this.series, 4), hexadecimal(this.count, 12)];
    return `00000000-${series}-7000-8000-${count}`;
  }

  random(): number {
    return this.nextRandom;
  }
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
