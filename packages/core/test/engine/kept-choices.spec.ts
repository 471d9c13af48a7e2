import { SagaStatus, delay } from '@nest-saga/core';
import { choose, when } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStage, StepScript } from '@nest-saga/testing';

type Order = Record<string, unknown>;

const step = (id: string, ...act: readonly StepScript[]): ScriptedStep => new ScriptedStep(id, { act });
const hangs = (): StepScript => new StepGate().waits();
const gift = (
  answer: boolean,
  stages: readonly ScriptedStage[],
  id = 'gift',
  aliases: readonly string[] = [],
) => when<ScriptedStage, Order>(id, () => answer, stages, { aliases });
const pay = (answer: string, cases: Readonly<Record<string, ScriptedStage>>) =>
  choose<ScriptedStage, Order>('pay', () => answer, cases);

/** A saga whose process died in the act of a step, and a process of the next release that runs it to its end. */
async function redeployed(before: readonly ScriptedStage[], after: readonly ScriptedStage[]) {
  const cluster = new SimulatedCluster([scriptedSaga('order', before)]);
  const earlier = await cluster.startProcess();
  const { sagaId } = await earlier.start();
  await cluster.advance(0);
  earlier.kill();
  const saga = scriptedSaga('order', after);
  const later = await cluster.startProcess({ sagas: [saga] });
  const outcome = await cluster.resolve(later.outcome(sagaId), 600_000);
  return { saga, outcome, journal: await cluster.journalOf(sagaId), later, cluster, sagaId };
}

describe('a choice that was made', () => {
  it('is not asked again, whatever number of processes die', async () => {
    const deaths = 1_000;
    const asked: string[] = [];
    const ask = <Answer>(id: string, answer: Answer) => {
      return () => {
        asked.push(id);
        return answer;
      };
    };
    // Each process has a gate of its own: the handlers of a killed one never return.
    let gate = new StepGate();
    const held = (id: string): ScriptedStep => {
      const waits: StepScript = (context, run) => gate.waits()(context, run);
      return new ScriptedStep(id, { act: Array.from({ length: 2 * deaths }, () => waits) });
    };
    const saga = scriptedSaga(
      'order',
      [
        when<ScriptedStage, Order>('first', ask('first', true), [held('a')]),
        when<ScriptedStage, Order>('middle', ask('middle', false), [step('never')]),
        choose<ScriptedStage, Order>('case', ask('case', 'two'), {
          one: step('nor-this'),
          two: [held('b'), when<ScriptedStage, Order>('inner', ask('inner', true), [held('c')])],
        }),
        held('d'),
        when<ScriptedStage, Order>('last', ask('last', true), [held('e')]),
      ],
      { maximumRecoveryAttempts: 10 * deaths },
    );
    const cluster = new SimulatedCluster([saga]);
    let process = await cluster.startProcess();
    const { sagaId } = await process.start();
    for (let death = 1; death <= deaths; death++) {
      await cluster.advance(0);
      if (death % (deaths / 5) === 0) {
        // The entry of this step leads to the next one; the process dies when it is durable.
        gate.open();
        await cluster.advance(0);
      }
      process.kill();
      gate = new StepGate();
      process = await cluster.startProcess();
      await cluster.advance(60_000);
    }
    expect((await cluster.resolve(process.outcome(sagaId), 600_000)).status).toBe(SagaStatus.Completed);
    expect(asked).toEqual(['first', 'middle', 'case', 'inner', 'last']);
    const { entries } = await cluster.load(sagaId);
    expect(entries.filter(({ kind }) => kind === 'claimed').length).toBeGreaterThanOrEqual(deaths - 5);
  }, 120_000);

  it('is followed by code that would decide otherwise: the stages that were skipped stay skipped', async () => {
    const { saga, outcome } = await redeployed(
      [step('pack'), gift(false, [step('wrap')]), step('ship', hangs())],
      [step('pack'), gift(true, [step('wrap')]), step('ship')],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act ship']);
  });

  it('is followed by code that would decide otherwise: the rest of the chosen case runs', async () => {
    const cases = (...wrap: readonly StepScript[]) => [step('wrap', ...wrap), step('card')];
    const { saga, outcome } = await redeployed(
      [step('pack'), gift(true, cases(hangs())), step('ship')],
      [step('pack'), gift(false, cases()), step('ship')],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act wrap', 'act card', 'act ship']);
  });

  it('is kept if the choice has another id by now and the former one is an alias', async () => {
    const { saga, outcome } = await redeployed(
      [step('pack'), gift(false, [step('wrap')]), step('ship', hangs())],
      [step('pack'), gift(true, [step('wrap')], 'present', ['gift']), step('ship')],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act ship']);
  });

  it.each<[string, readonly ScriptedStage[], string]>([
    [
      'the choice',
      [step('pack'), gift(true, [step('wrap')], 'present'), step('ship')],
      'a decision of "gift", which the definition does not have',
    ],
    [
      'a stage that was skipped',
      [step('pack'), gift(true, [step('card')]), step('ship')],
      '"wrap" at place 2',
    ],
    [
      'its kind',
      [step('pack'), choose<ScriptedStage, Order>('gift', () => 'yes', { yes: step('wrap') }), step('ship')],
      'decided false at "gift"',
    ],
  ])('makes the saga STUCK if the next release has another name for %s', async (_what, after, message) => {
    const { outcome } = await redeployed(
      [step('pack'), gift(false, [step('wrap')]), step('ship', hangs())],
      after,
    );
    expect(outcome).toMatchObject({
      status: SagaStatus.Stuck,
      stuck: { reason: 'definition-mismatch', message: expect.stringContaining(message) },
    });
  });

  it('makes the saga STUCK if the chosen case is not there any more', async () => {
    const { outcome } = await redeployed(
      [step('pack'), pay('card', { card: step('charge', hangs()) }), step('ship')],
      [step('pack'), pay('card', { plastic: step('charge') }), step('ship')],
    );
    expect(outcome.stuck?.message).toContain('decided "card" at "pay"');
  });

  it('leaves room for stages that a later release adds to a case that was skipped', async () => {
    const { saga, outcome, journal } = await redeployed(
      [step('pack'), gift(false, [step('wrap')]), step('ship', hangs())],
      [step('pack'), gift(true, [step('wrap'), step('card')]), step('ship')],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act ship']);
    expect(journal.slice(-2)).toEqual(['path-decided, skipping card', 'act-completed ship']);
  });
});

describe('a choice to which no entry led', () => {
  it('is made by an entry of its own: a release without the choice wrote the entry before it', async () => {
    const { saga, outcome, journal } = await redeployed(
      [step('pack'), step('ship', hangs())],
      [step('pack'), gift(false, [step('ship')]), gift(true, [step('mail')], 'news')],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act mail']);
    expect(journal).toEqual([
      'act-completed pack',
      'claimed from running',
      'path-decided, skipping ship',
      'act-completed mail',
    ]);
  });

  it('ends the saga with that entry if nothing is left to run', async () => {
    const { outcome, journal } = await redeployed(
      [step('pack'), step('ship', hangs())],
      [step('pack'), gift(false, [step('ship')])],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(journal.at(-1)).toBe('path-decided, skipping ship');
  });

  it('may lead to a wait, which begins after it', async () => {
    const { outcome, journal } = await redeployed(
      [step('pack'), step('ship', hangs())],
      [step('pack'), gift(true, [delay('ship', 10)])],
    );
    expect(outcome.status).toBe(SagaStatus.Completed);
    expect(journal.slice(-3)).toEqual(['path-decided', 'parked at ship', 'wait-ended ship elapsed']);
  });

  it('is made after an operator has resolved the step before it', async () => {
    const pack = new ScriptedStep('pack', { act: [throws(new Error('lost'))], compensateOn: 'completed' });
    const saga = scriptedSaga('order', [pack, gift(true, [step('wrap')])], { maximumRecoveryAttempts: 0 });
    const cluster = new SimulatedCluster([saga]);
    const dying = await cluster.startProcess({
      sagas: [
        scriptedSaga('order', [step('pack', hangs()), gift(true, [step('wrap')])], {
          maximumRecoveryAttempts: 0,
        }),
      ],
    });
    const { sagaId } = await dying.start();
    await cluster.advance(0);
    dying.kill();
    const process = await cluster.startProcess();
    expect(await cluster.resolve(process.outcome(sagaId), 600_000)).toMatchObject({ status: 'stuck' });
    await process.engine.requests.resolveStep(sagaId, 'pack', 'ada', 'by hand');
    expect((await cluster.resolve(process.outcome(sagaId), 600_000)).status).toBe(SagaStatus.Completed);
    expect(saga.calls).toEqual(['act wrap']);
    expect((await cluster.journalOf(sagaId)).slice(-4)).toEqual([
      'step-resolved pack',
      'claimed from running',
      'path-decided',
      'act-completed wrap',
    ]);
  });
});
