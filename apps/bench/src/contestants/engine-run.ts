import type { SagaEngine } from '@nest-saga/core/engine';
import { contextMaker } from '../sample/sample-context.js';
import type { SagaShape } from '../sample/saga-shape.js';

/** A function that runs one saga of this shape through an engine, and rejects if it does not end as expected. */
export function engineRun(engine: SagaEngine, shape: SagaShape): () => Promise<void> {
  const makeContext = contextMaker(shape.contextBytes);
  const expected = shape.fails ? 'failed' : 'completed';
  return async () => {
    const { end } = await engine.starter.start(makeContext());
    const ended = await end;
    const status = ended?.kind === 'ended' ? ended.state.status : ended?.kind;
    if (status !== expected) throw new Error(`A saga is ${status} that had to be ${expected}.`);
  };
}
