import type { IdGenerator } from '@nest-saga/core/engine';

/** Ids that count up, and random numbers from the test, so that every run of a test is the same. */
export class SequentialIds implements IdGenerator {
  private count = 0;

  /**
   * @param nextRandom The function for `random()`, with results from 0 to 1 (excluded). @default 0
   * @param series Distinguishes the ids of several generators, from 0 to 65,535. @default 0
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
