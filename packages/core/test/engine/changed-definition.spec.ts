import fc from 'fast-check';
import { nextActions, stepsOf } from '../../src/engine.js';
import { isOpen, isTerminal } from '../../src/index.js';
import type { SagaDefinition } from '../../src/index.js';
import {
  effectsOf,
  everythingWorks,
  PureExecution,
  repeated,
  resolvedIn,
  undoneFirstIn,
  undosOf,
} from './pure-execution.js';
import { cases, changedFrom, definitionOf } from './random-sagas.js';

interface Redeployed {
  readonly before: SagaDefinition;
  readonly after: SagaDefinition;
  /** The saga as the process with the former steps left it. */
  readonly left: PureExecution;
  /** The requests of people, in order. */
  readonly asked: readonly number[];
}

/** A saga that was left at any of its entries, and the steps of the next release. */
const redeployed: fc.Arbitrary<Redeployed> = cases.chain(({ shapes, definition, script, requests }) =>
  fc
    .record({
      cut: fc.nat(),
      changed: changedFrom(shapes),
      asked: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
    })
    .map(({ cut, changed, asked }) => {
      const whole = new PureExecution().run(definition, script, requests);
      return {
        before: definition,
        after: definitionOf(changed),
        left: whole.cut(cut % (whole.entries.length + 1)),
        asked,
      };
    }),
);

const runs = { numRuns: 1_000 };

const actsOf = ({ entries }: PureExecution): readonly string[] =>
  entries.flatMap((entry) => (entry.kind === 'act-completed' ? [entry.step] : []));

describe('a saga whose steps are changed under its version', () => {
  it('ends or is stuck, and so say its header and all readers', () => {
    fc.assert(
      fc.property(redeployed, ({ before, after, left }) => {
        const { failure } = left.header;
        const ended = left.claim(after).run(after, everythingWorks);
        expect(isOpen(ended.header.status)).toBe(false);
        expect(ended.header.failure).toEqual(failure ?? ended.header.failure);
        const { state } = ended;
        expect(state).toMatchObject({ status: ended.header.status, stuck: ended.header.stuck });
        for (const definition of [before, after]) expect(nextActions(definition, state)).toEqual([]);
      }),
      runs,
    );
  });

  it('is never opened again once it has ended, nor ended by being read', () => {
    fc.assert(
      fc.property(redeployed, ({ after, left }) => {
        expect(left.state.status).toBe(left.header.status);
        if (!isTerminal(left.header.status)) return;
        const { length } = left.entries;
        expect(left.claim(after).run(after, everythingWorks).entries).toHaveLength(length);
      }),
      runs,
    );
  });

  it('is COMPLETED only with the steps of the release that ended it and all of them, and FAILED only with everything undone', () => {
    fc.assert(
      fc.property(redeployed, ({ after, left }) => {
        const { length } = left.entries;
        const ended = left.claim(after).run(after, everythingWorks);
        fc.pre(ended.entries.length > length && ended.header.status !== 'stuck');
        const done = effectsOf(ended.entries);
        const known = after.stages.map((stage) => stepsOf(stage).map(({ id }) => id));
        const missing = known.filter((ids) => !ids.some((id) => done.includes(id)));
        const unknown = done.filter((step) => !known.flat().includes(step));
        const isCompleted = ended.header.status === 'completed';
        expect(unknown).toEqual([]);
        const first = undoneFirstIn(ended.entries);
        const isNotFirst = (step: string): boolean => !first.includes(step);
        expect(isCompleted ? missing : undosOf(ended.entries).filter(isNotFirst)).toEqual(
          isCompleted ? [] : done.filter(isNotFirst).toReversed(),
        );
        expect(ended.header.failure === undefined).toBe(isCompleted);
      }),
      runs,
    );
  });

  it('continues to an end once the former steps are back and an operator resumes it, doing and undoing each step once', () => {
    fc.assert(
      fc.property(redeployed, ({ before, after, left, asked }) => {
        const stuck = left.claim(after).run(after, everythingWorks).resumeAll(after, asked);
        fc.pre(stuck.header.status === 'stuck');
        const ended = stuck.resumeAll(before, [...asked, 0]);
        expect(isTerminal(ended.header.status)).toBe(true);
        const { entries } = ended;
        expect(repeated(actsOf(ended))).toEqual([]);
        expect(repeated(undosOf(entries))).toEqual([]);
        const gone = new Set([...undosOf(entries), ...resolvedIn(entries)]);
        const notUndone = effectsOf(entries).filter((step) => !gone.has(step));
        expect(notUndone.length === 0 || ended.header.status === 'completed').toBe(true);
        expect(ended.header.failure === undefined).toBe(ended.header.status === 'completed');
      }),
      runs,
    );
  });

  it('has a failure in its header from the decision to compensate on, and never before', () => {
    const forward = new Set<string>(['running', 'completed']);
    fc.assert(
      fc.property(redeployed, ({ before, after, left, asked }) => {
        const ended = left
          .claim(after)
          .run(after, everythingWorks)
          .resumeAll(after, asked)
          .resumeAll(before, asked);
        const headers = ended.entries.map(({ seq }) => ended.cut(seq).header);
        const open = headers.filter(({ status }) => status !== 'stuck');
        expect(open.filter(({ status, failure }) => forward.has(status) !== (failure === undefined))).toEqual(
          [],
        );
      }),
      runs,
    );
  });
});
