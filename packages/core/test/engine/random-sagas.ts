import fc from 'fast-check';
import { defineSaga, fallback } from '../../src/index.js';
import type { DeclaredStep, EntryDraft, SagaDefinition } from '../../src/index.js';
import type { Script } from './pure-execution.js';

/** A saga, the results of its steps, and requests from outside. */
export interface Case {
  readonly shapes: readonly StageShape[];
  readonly definition: SagaDefinition;
  readonly script: Script;
  /** The entries before which a caller asks to cancel or another worker claims. */
  readonly requests: Readonly<Record<number, EntryDraft>>;
}

/** One stage: a step, or a fallback of two. */
export interface StageShape {
  /** The base of the ids of its steps. */
  readonly name: string;
  readonly isFallback: boolean;
  readonly attempted: boolean;
  readonly attempts: number;
  readonly continues: boolean;
}

const handler = () => ({ act: () => undefined, compensate: () => undefined });

/** The definition of these stages. */
export function definitionOf(shapes: readonly StageShape[]): SagaDefinition {
  const steps = shapes.map(({ name, isFallback, attempted, attempts, continues }) => {
    const declare = (id: string): DeclaredStep => ({
      id,
      handler,
      retry: { maximumAttempts: attempts },
      compensation: { maximumAttempts: 2, onExhausted: continues ? 'continue' : 'halt' },
      compensateOn: attempted ? 'attempted' : 'completed',
    });
    return isFallback ? fallback(declare(`p${name}`), declare(`q${name}`)) : declare(`s${name}`);
  });
  return defineSaga({ name: 'random', steps });
}

const stage = fc.record({
  isFallback: fc.boolean(),
  attempted: fc.boolean(),
  attempts: fc.integer({ min: 1, max: 3 }),
  continues: fc.boolean(),
});

const kinds = ['ok', 'ok', 'ok', 'fail', 'timeout', 'unstorable'] as const;
const lengths = { minLength: 1, maxLength: 3 };
const outcomes = fc.array(fc.constantFrom(...kinds), lengths);
// Only the act of a primary has a breaker.
const guarded = fc.array(fc.constantFrom(...kinds, 'refused' as const), lengths);
const outcomesOf = (key: string) => (/^p.*:act$/.test(key) ? guarded : outcomes);

const requests = fc.dictionary(
  fc.integer({ min: 1, max: 12 }).map(String),
  fc.constantFrom<EntryDraft>(
    { kind: 'cancel-requested', reason: 'changed my mind' },
    { kind: 'claimed', from: 'running' },
  ),
  { maxKeys: 2 },
);

/** Sagas of up to six stages. */
export const cases: fc.Arbitrary<Case> = fc
  .array(stage, { minLength: 1, maxLength: 6 })
  .map((stages) => stages.map((shape, index) => ({ name: String(index), ...shape })))
  .chain((shapes) => {
    const keys = shapes.flatMap(({ name }) =>
      ['s', 'p', 'q'].flatMap((side) => [`${side}${name}:act`, `${side}${name}:compensate`]),
    );
    return fc.record({
      shapes: fc.constant(shapes),
      definition: fc.constant(definitionOf(shapes)),
      script: fc.record(Object.fromEntries(keys.map((key) => [key, outcomesOf(key)]))),
      requests,
    });
  });

/**
 * The stages of the next release: some at the end are removed or added, one is replaced, or an alternative is removed.
 */
export function changedFrom(shapes: readonly StageShape[]): fc.Arbitrary<readonly StageShape[]> {
  const [first] = shapes;
  if (first === undefined) return fc.constant(shapes);
  const place = fc.nat(shapes.length - 1);
  return fc.oneof(
    place.map((last) => shapes.slice(0, last + 1)),
    fc.constant([...shapes, { ...first, name: 'new' }]),
    place.map((index) => shapes.map((shape, at) => (at === index ? { ...shape, name: 'new' } : shape))),
    place.map((index) => shapes.toSpliced(index, 0, { ...first, name: 'new' })),
    place.map((index) =>
      shapes.map((shape, at) => (at === index ? { ...shape, isFallback: !shape.isFallback } : shape)),
    ),
  );
}
