import { ProcessKeeper } from '@nest-saga/nestjs/testing-kit';
import type { TestBench } from './test-bench.js';

/**
 * Leaves it to the test runner to keep the process alive, and has no timer. A call for the engine waits for the one
 * after a crash, and rejects if its own engine crashes.
 */
export class BenchKeeper extends ProcessKeeper {
  constructor(private readonly bench: TestBench) {
    super();
  }

  override hold(): () => void {
    return () => undefined;
  }

  override async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const { engine } = this.bench;
    if (engine === undefined) return work();
    await engine.succeeded();
    return engine.during(work());
  }
}
