import { isDeepStrictEqual } from 'node:util';
import type { SagaStorage } from '@nest-saga/core';
import { SagaError } from '@nest-saga/nestjs';
import fc from 'fast-check';
import { allInputs } from './inputs.js';
import { SampleApplication } from './sample-application.js';
import { AnyContext } from './sample-sagas.js';

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

/**
 * The errors that a method may throw for any argument: it refuses the argument, or the state of the saga does not allow
 * the call.
 */
const refusals: ReadonlySet<unknown> = new Set([
  'SAGA_INVALID_ARGUMENT',
  'SAGA_CONTEXT_NOT_STORABLE',
  'SAGA_NOT_REGISTERED',
  'SAGA_CONFLICT',
  // The watched saga is stuck, so the `fromSeq` was valid.
  'SAGA_STUCK',
]);

/**
 * The tests of all public methods with bad input, on any storage. Jest fails a test with an unhandled rejection.
 *
 * @param runs The number of runs of each method with arbitrary values.
 */
export function describeBadInput(where: string, openStorage: () => Promise<SagaStorage>, runs: number): void {
  describe(`bad input, ${where}`, () => {
    let application: SampleApplication;

    beforeAll(async () => {
      application = await SampleApplication.open(await openStorage());
    });

    afterAll(() => application.close());

    afterEach(() => {
      // The prototype of all objects has not got a new property, whatever the input was.
      const polluted: string[] = [];
      for (const key in {}) polluted.push(key);
      if (polluted.length > 0 || 'polluted' in {})
        throw new Error(`every object has ${polluted.join(', ')} now`);
    });

    it.each(allInputs.map((input) => [input.name, input] as const))(
      'as the %s is refused with an error that says so, and changes nothing that is stored',
      async (_name, { bad, codes, pass }) => {
        const before = await application.readSagas();
        for (const [value, label] of bad)
          expectRefusal(label, codes, await refusalOf(() => pass(application, value as never)));
        expect(await application.readSagas()).toEqual(before);
      },
    );

    it.each(allInputs.map((input) => [input.name, input] as const))(
      'of any shape as the %s is taken as a whole, or refused and nothing is stored',
      async (_name, { pass }) => {
        const property = fc.asyncProperty(anything, async (value) => {
          const before = application.writes;
          const refusal = await refusalOf(() => pass(application, value as never));
          if (refusal === undefined) await application.rest();
          return refusal === undefined || (isRefusal(refusal) && application.writes === before);
        });
        await expectHolds(property, runs);
      },
      120_000,
    );

    it('is accepted as a context only if a handler sees exactly the same value', async () => {
      const { sagas, handlers } = application;
      const property = fc.asyncProperty(fc.dictionary(fc.string(), anything), async (fields) => {
        handlers.seen.length = 0;
        const before = application.writes;
        const refusal = await refusalOf(() => sagas.start(new AnyContext(fields)));
        if (refusal !== undefined) return isRefusal(refusal) && application.writes === before;
        const [given] = handlers.seen;
        return isDeepStrictEqual(withoutAbsent(given), withoutAbsent(new AnyContext(fields)));
      });
      await expectHolds(property, 2 * runs);
    });

    it('loses nothing: a saga that was started before ends as if nothing had come', async () => {
      expect(await application.endOfFirst()).toBe('completed');
    });
  });
}

/**
 * The error with which a call was refused, or undefined if it was accepted. In this case the saga that it started has
 * ended.
 */
async function refusalOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    const answer = await call();
    if (hasOutcome(answer)) await answer.outcome();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

function hasOutcome(answer: unknown): answer is { outcome(): Promise<unknown> } {
  return typeof answer === 'object' && answer !== null && 'outcome' in answer;
}

function isRefusal(error: unknown): boolean {
  return error instanceof SagaError && refusals.has(error.code);
}

function expectRefusal(label: string, codes: readonly string[], refusal: unknown): void {
  if (!(refusal instanceof SagaError) || !codes.includes(refusal.code))
    throw new Error(`${label}: ${refusal === undefined ? 'it was taken' : 'another error'}`, {
      cause: refusal,
    });
  expect(refusal.message.length).toBeGreaterThan(10);
  expect(refusal.message.length).toBeLessThan(2_000);
}

async function expectHolds(property: fc.IAsyncProperty<unknown>, numRuns: number): Promise<void> {
  const { counterexample, errorInstance, seed } = await fc.check(property, { numRuns });
  expect({ counterexample, errorInstance, seed }).toEqual({
    counterexample: null,
    errorInstance: null,
    seed,
  });
}

/** A property that is undefined counts as absent, and -0 as 0: JSON has neither, and the meaning is the same. */
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
