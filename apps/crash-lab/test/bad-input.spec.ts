import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import { InMemorySagaStorage } from '@nest-saga/core';
import {
  Saga,
  SagaError,
  SagaModule,
  SagaOperator,
  SagaOrchestrator,
  SagaStep,
  SystemClock,
} from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';
import { Module } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { contexts, ids, keys, metadata, names, optionsOfAnyKind, texts } from '../src/bad-input/corpus.js';

/** What handlers were given. */
const seen: unknown[] = [];

class AnyContext {
  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

@SagaStep('look')
class LookStep implements SagaStepHandler<AnyContext> {
  act(context: AnyContext): void {
    seen.push(context);
  }
  compensate(): void {}
}

@Saga({ name: 'any', context: AnyContext, steps: [LookStep] })
class AnySaga {}

const storage = new InMemorySagaStorage(new SystemClock());

@Module({ imports: [SagaModule.forRoot({ storage })], providers: [AnySaga, LookStep] })
class AnyModule {}

const goodId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';
const runs = Number(process.env['BAD_INPUT_RUNS'] ?? '400');
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
});

describe('bad input', () => {
  let application: INestApplicationContext;
  let sagas: SagaOrchestrator;
  let operator: SagaOperator;
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown): void => void rejections.push(reason);

  beforeAll(async () => {
    process.on('unhandledRejection', onRejection);
    application = await NestFactory.createApplicationContext(AnyModule, { logger: false });
    sagas = application.get(SagaOrchestrator);
    operator = application.get(SagaOperator);
  });

  afterAll(async () => {
    await application.close();
    process.off('unhandledRejection', onRejection);
    if (rejections.length > 0) throw new Error(`unhandled: ${rejections.map(String).join(', ')}`);
  });

  afterEach(() => {
    // Whatever came in: no object has got a property that it had not.
    const polluted: string[] = [];
    for (const key in {}) polluted.push(key);
    if (polluted.length > 0 || 'polluted' in {})
      throw new Error(`every object has ${polluted.join(', ')} now`);
  });

  async function countStored(): Promise<number> {
    return (await storage.list({ limit: 1_000 })).sagas.length;
  }

  /** Every public method that takes this kind of thing, with everything else as it should be. */
  const methods: Readonly<Record<string, (value: never) => Promise<unknown>>> = {
    'the id of a start': (sagaId) => sagas.start(new AnyContext({}), { sagaId }),
    'the id of an enqueue': (sagaId) => sagas.enqueue(new AnyContext({}), { sagaId }),
    'the id of a stream': async (sagaId) => lastValueFrom(sagas.stream(new AnyContext({}), { sagaId })),
    'the id of a find': (sagaId) => sagas.find(sagaId),
    'the id of a history': (sagaId) => sagas.history(sagaId),
    'the id of a cancel': (sagaId) => sagas.cancel(sagaId, 'because'),
    'the id of a recovery': (sagaId) => sagas.recover(sagaId),
    'the id of a watch': async (sagaId) => lastValueFrom(sagas.watch(sagaId)),
    "the id of an operator's retry": (sagaId) => operator.retry(sagaId),
    'the id of a resolved step': (sagaId) => operator.resolveStep(sagaId, 'look', { note: 'done' } as never),
  };

  it.each(Object.entries(methods))(
    'as %s is refused with an error that says so, and stores nothing',
    async (_name, call) => {
      const before = await countStored();
      for (const [value, label] of ids) await expectRefusal(label, () => call(value as never));
      expect(await countStored()).toBe(before);
    },
  );

  const options: Readonly<Record<string, (value: never) => Promise<unknown>>> = {
    key: (key) => sagas.start(new AnyContext({}), { key }),
    'name of a saga': (saga) => sagas.start(new AnyContext({}), { saga }),
    metadata: (value) => sagas.start(new AnyContext({}), { metadata: value }),
    options: (value) => sagas.start(new AnyContext({}), value),
    'options of an enqueue': (value) => sagas.enqueue(new AnyContext({}), value),
    'options of a stream': async (value) => lastValueFrom(sagas.stream(new AnyContext({}), value)),
    context: (value) => sagas.start(value, { saga: 'any' }),
    'context of an enqueue': (value) => sagas.enqueue(value, { saga: 'any' }),
    'context of a stream': async (value) => lastValueFrom(sagas.stream(value, { saga: 'any' })),
    'reason of a cancel': (value) => sagas.cancel(goodId, value),
    'actor of a cancel': (value) => sagas.cancel(goodId, 'because', { actor: value }),
    'actor of a retry': (value) => operator.retry(goodId, { actor: value }),
    'note of a retry': (value) => operator.retry(goodId, { note: value }),
    'place to watch from': async (value) => lastValueFrom(sagas.watch(goodId, { fromSeq: value })),
    'query of a list': (value) => operator.list(value),
  };
  const corpora: Readonly<Record<string, readonly (readonly [unknown, string])[]>> = {
    key: keys,
    'name of a saga': names,
    metadata,
    options: optionsOfAnyKind,
    'options of an enqueue': optionsOfAnyKind,
    'options of a stream': optionsOfAnyKind,
    context: contexts,
    'context of an enqueue': contexts,
    'context of a stream': contexts,
    'reason of a cancel': texts,
    'actor of a cancel': texts,
    'actor of a retry': texts,
    'note of a retry': texts,
  };

  it.each(Object.keys(corpora))(
    'as the %s is refused with an error that says so, and stores nothing',
    async (name) => {
      const call = options[name] ?? unknownMethod;
      const before = await countStored();
      for (const [value, label] of corpora[name] ?? [])
        await expectRefusal(label, () => call(value as never));
      expect(await countStored()).toBe(before);
    },
  );

  it.each([...Object.entries(methods), ...Object.entries(options)])(
    'of any shape as the %s is taken or refused with an error of the library, and never breaks anything',
    async (_name, call) => {
      const property = fc.asyncProperty(anything, async (value) => {
        try {
          await call(value as never);
          return true;
        } catch (error) {
          return error instanceof SagaError;
        }
      });
      const { counterexample, errorInstance } = await fc.check(property, { numRuns: runs });
      expect({ counterexample, errorInstance }).toEqual({ counterexample: null, errorInstance: null });
    },
    120_000,
  );

  it('is no context that is taken: a handler sees exactly what was given, or it is refused', async () => {
    const property = fc.asyncProperty(fc.dictionary(fc.string(), anything), async (fields) => {
      seen.length = 0;
      try {
        const handle = await sagas.start(new AnyContext(fields));
        await handle.outcome();
      } catch (error) {
        return error instanceof SagaError;
      }
      const [given] = seen;
      return isDeepStrictEqual(withoutAbsent(given), withoutAbsent(new AnyContext(fields)));
    });
    const { counterexample, errorInstance } = await fc.check(property, { numRuns: 2 * runs });
    expect({ counterexample, errorInstance }).toEqual({ counterexample: null, errorInstance: null });
  }, 120_000);
});

function unknownMethod(): Promise<never> {
  throw new Error('no such method');
}

async function expectRefusal(label: string, call: () => Promise<unknown>): Promise<void> {
  let refusal: unknown;
  try {
    await call();
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof SagaError))
    throw new Error(`${label}: ${refusal === undefined ? 'it was taken' : 'another error'}`, {
      cause: refusal,
    });
  expect(refusal.message.length).toBeGreaterThan(10);
  expect(refusal.message.length).toBeLessThan(2_000);
}

/** A property that is undefined counts as absent, and -0 as 0: JSON has neither, and both mean the same. */
function withoutAbsent(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, property]) => property !== undefined)
      .map(([key, property]) => [key, withoutAbsent(property)]),
  );
}
