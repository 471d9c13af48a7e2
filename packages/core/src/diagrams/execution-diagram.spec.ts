import fc from 'fast-check';
import { anyDefinition, relabelled, unusedHandler as handler } from '../../test/diagrams/definitions.js';
import type { DrawnExecution } from '../../test/diagrams/drawn-execution.js';
import { readExecution } from '../../test/diagrams/drawn-execution.js';
import { failedOrder, orderSaga } from '../../test/diagrams/example.js';
import { relabelledExecution, simulate } from '../../test/diagrams/executions.js';
import { hostileDirective, hostileLabels, shownAs } from '../../test/diagrams/labels.js';
import { configurationIn, parseDiagram } from '../../test/diagrams/mermaid.js';
import { anyRelabel, structuresOf } from '../../test/diagrams/same-structure.js';
import type { SagaDefinition, SagaHeader } from '../index.js';
import { defineSaga } from '../index.js';
import { executionDiagram } from './execution-diagram.js';

/** The meanings of the choices of a simulation. */
const done = 0;
const failing = 1;
const timedOut = 2;
const wait = 0;
const settle = 0;
const cancel = 8;
const crash = 9;
const retryByHand = 0;
const resolveByHand = 5;

const twoSteps = defineSaga({
  name: 'order',
  steps: [
    { id: 'reserve', handler, compensation: { maximumAttempts: 1 } },
    { id: 'charge', handler, retry: { maximumAttempts: 2 } },
  ],
});

const begin = ': order, version 1 / 01890a5d-ac96-774b-bcce-b302099a8057 / 2026-01-05T09:00:00.000Z';

function draw(
  definition: SagaDefinition,
  choices: readonly number[],
  header: Partial<SagaHeader> = {},
): Promise<DrawnExecution> {
  const execution = simulate(definition, false, choices);
  return readExecution(executionDiagram({ ...execution.header, ...header }, execution.entries));
}

function drawDefined(definition: SagaDefinition, choices: readonly number[]): Promise<DrawnExecution> {
  const { header, entries } = simulate(definition, false, choices);
  return readExecution(executionDiagram(header, entries, definition));
}

describe('the diagram of an execution', () => {
  it('shows what completed, in order', async () => {
    const { boxes, arrows } = await draw(twoSteps, [done, done]);
    expect(boxes).toEqual([
      begin,
      'completed: reserve / completed in 1 s',
      'completed: charge / completed in 1 s',
      'completed: COMPLETED / 2026-01-05T09:00:02.000Z',
    ]);
    expect(arrows).toEqual([]);
  });

  it('shows the attempts of a step as one box, with the last error', async () => {
    const { boxes } = await draw(twoSteps, [done, failing, wait, done]);
    expect(boxes[2]).toBe(
      'retried: charge / completed at attempt 2 in 1 s / attempt 1 failed, GatewayError: the gateway did not answer',
    );
  });

  it('shows a failed step, what was undone for it, and how it ended', async () => {
    const { boxes, arrows } = await draw(twoSteps, [done, failing, wait, timedOut, done, done]);
    expect(boxes.slice(2)).toEqual([
      expect.stringMatching(
        /^failed: charge \/ timed out at attempt 2 \/ StepTimedOutError: Step "step" of saga/,
      ),
      'undone: undo charge / undone in 1 s',
      'undone: undo reserve / undone in 1 s',
      expect.stringMatching(/^failed: FAILED \/ charge \/ StepTimedOutError: /),
    ]);
    expect(arrows).toEqual(['undo']);
  });

  it('shows the primary and the alternative of a fallback, for each of its courses', async () => {
    const { boxes, arrows } = await draw(orderSaga, [done, failing, done, failing, done, done]);
    expect(boxes.slice(1).map((box) => box.split(' / ')[0])).toEqual([
      'completed: reserve-inventory',
      'failed: charge-card',
      'completed: send-invoice',
      'failed: ship-order',
      'undone: undo send-invoice',
      'undone: undo reserve-inventory',
      'failed: FAILED',
    ]);
    expect(arrows).toEqual(['alternative', 'undo']);
    const both = await draw(orderSaga, [done, failing, failing, done]);
    expect(both.arrows).toEqual(['alternative', 'both failed, undo']);
    expect(both.boxes.at(-1)).toMatch(/send-invoice \/ GatewayError: .+ \/ before that GatewayError: /);
  });

  it('says that there was nothing to undo', async () => {
    const { arrows } = await draw(orderSaga, [failing, wait, failing, wait, failing]);
    expect(arrows).toEqual(['nothing to undo']);
  });

  it('shows an undo that was given up as such, and STUCK after it', async () => {
    const { boxes } = await draw(twoSteps, [done, failing, wait, failing, failing]);
    expect(boxes.slice(3)).toEqual([
      'givenUp: undo reserve / given up / GatewayError: the gateway did not answer',
      'stuck: STUCK / compensation-exhausted',
      'waiting: undo reserve / waits for a person',
      'waiting: FAILED',
    ]);
  });

  it('shows that earlier undos continued, if they did, and STUCK after the last', async () => {
    const compensation = { maximumAttempts: 1, onExhausted: 'continue' } as const;
    const saga = defineSaga({
      name: 'order',
      steps: ['one', 'two', 'three'].map((id) => ({ id, handler, compensation })),
    });
    const { boxes, arrows } = await draw(saga, [done, done, failing, failing, done]);
    expect(boxes.slice(4)).toEqual([
      'givenUp: undo two / given up / GatewayError: the gateway did not answer',
      'undone: undo one / undone in 1 s',
      'stuck: STUCK / compensation-exhausted / two / GatewayError: the gateway did not answer',
      'waiting: undo two / waits for a person',
      'waiting: FAILED',
    ]);
    expect(arrows).toEqual(['undo', 'earlier steps go on']);
  });

  it('shows what a person did about a STUCK saga', async () => {
    const retried = await draw(twoSteps, [done, failing, wait, failing, failing, retryByHand, done]);
    expect(retried.boxes.slice(5, 7)).toEqual([
      'byHand: retry requested / mended / by operator',
      'undone: undo reserve / undone at attempt 2 in 1 s',
    ]);
    const resolved = await draw(twoSteps, [done, failing, wait, failing, failing, resolveByHand, settle]);
    expect(resolved.boxes.slice(5)).toEqual([
      'byHand: reserve undone by hand / paid back by hand / by operator',
      expect.stringMatching(/^failed: FAILED /),
    ]);
  });

  it('shows a cancel, who asked for it and why, and that the saga ended by it', async () => {
    const { boxes, arrows } = await draw(twoSteps, [done, cancel, settle, done]);
    expect(boxes.slice(2)).toEqual([
      'cancelled: cancel requested / the customer changed their mind / by support',
      'undone: undo reserve / undone in 1 s',
      expect.stringMatching(/^cancelled: FAILED, cancelled \/ Cancelled: the customer changed their mind/),
    ]);
    expect(arrows).toEqual(['undo']);
  });

  it('shows recoveries from a crash, and that there were too many', async () => {
    const recovered = await draw(twoSteps, [crash, crash, done, done]);
    expect(recovered.arrows).toEqual(['recovered 2 times']);
    const saga = defineSaga({
      name: 'order',
      maximumRecoveryAttempts: 0,
      steps: [{ id: 'reserve', handler }],
    });
    const stuck = await draw(saga, [crash, settle]);
    expect(stuck.boxes.slice(1)).toEqual([
      expect.stringMatching(/^stuck: STUCK \/ recovery-exhausted \/ reserve \/ /),
      'waiting: the first step / waits for a person',
    ]);
  });

  it('shows the step that runs and the next one', async () => {
    expect((await draw(twoSteps, [done])).boxes.at(-1)).toBe('running: what comes next / running');
    expect((await draw(twoSteps, [], { owner: undefined })).boxes).toEqual([
      begin,
      'running: the first step / next',
    ]);
    const undoing = await draw(orderSaga, [done, done, failing, failing]);
    expect(undoing.boxes.slice(4)).toEqual([
      expect.stringMatching(
        /^running: undo charge-card \/ running, attempt 2, not before 2026-\S+Z \/ GatewayError: /,
      ),
      'waiting: undo reserve-inventory',
      'waiting: FAILED',
    ]);
  });

  it('shows the steps that have not run with a definition, fallbacks with both ends', async () => {
    const first = await drawDefined(orderSaga, [failing]);
    expect(first.boxes).toEqual([
      begin,
      expect.stringMatching(/^running: reserve-inventory \/ running, attempt 2, not before /),
      'waiting: charge-card',
      'waiting: send-invoice',
      'waiting: ship-order',
      'waiting: COMPLETED',
    ]);
    expect(first.arrows).toEqual(['failed', 'completed', 'completed']);
    const chosen = await drawDefined(orderSaga, [done, failing]);
    expect(chosen.boxes.slice(3)).toEqual([
      'running: send-invoice / running',
      'waiting: ship-order',
      'waiting: COMPLETED',
    ]);
  });

  it('is drawn from the journal alone if the definition is not the one it was written under', async () => {
    const { header, entries } = simulate(twoSteps, false, [done]);
    const alone = executionDiagram(header, entries);
    const other = defineSaga({ name: 'order', steps: [{ id: 'another', handler }] });
    expect(executionDiagram(header, entries, other)).toBe(alone);
    expect(executionDiagram(header, entries, { ...twoSteps, version: 2 })).toBe(alone);
    expect(executionDiagram(header, entries, twoSteps)).not.toBe(alone);
  });

  it('says the same whenever it is asked, and changes nothing it was given', () => {
    const before = structuredClone(failedOrder);
    const text = executionDiagram(failedOrder.header, failedOrder.entries, orderSaga);
    expect(executionDiagram(failedOrder.header, failedOrder.entries, orderSaga)).toBe(text);
    expect(failedOrder).toEqual(before);
  });

  it('shows no context, no response and no key', () => {
    const header = { ...failedOrder.header, key: 'secret-key', context: '"secret-context"' };
    const entries = failedOrder.entries.map((entry) =>
      entry.kind === 'act-completed'
        ? { ...entry, context: '"secret-context"', response: '"secret-response"' }
        : entry,
    );
    expect(executionDiagram(header, entries, orderSaga)).not.toContain('secret');
  });

  it.each(hostileLabels)('shows an error message as it is: %j', async (message) => {
    const entries = failedOrder.entries.map((entry) =>
      entry.kind === 'act-failed' ? { ...entry, error: { name: 'Error', message } } : entry,
    );
    const { labels } = await parseDiagram(executionDiagram(failedOrder.header, entries));
    expect(labels.filter((label) => label.includes(`Error: ${shownAs(message)}`))).not.toEqual([]);
  });

  it('leaves the configuration of Mermaid alone', async () => {
    const { header, entries } = relabelledExecution(failedOrder, () => hostileDirective);
    expect(await configurationIn(executionDiagram(header, entries))).toEqual({});
  });

  it('parses for everything that the engine can do, and no text in it changes anything but a label', async () => {
    const choices = fc.array(fc.nat(9), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        anyDefinition,
        fc.tuple(choices, fc.boolean(), fc.boolean()),
        anyRelabel,
        async (definition, [chosen, isQueued, isDefined], relabel) => {
          const plain = simulate(definition, isQueued, chosen);
          const hostile = relabelledExecution(plain, relabel);
          const [plainly, hostilely] = await structuresOf(
            executionDiagram(plain.header, plain.entries, isDefined ? definition : undefined),
            executionDiagram(
              hostile.header,
              hostile.entries,
              isDefined ? relabelled(definition, relabel) : undefined,
            ),
          );
          expect(hostilely).toEqual(plainly);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('parses for a journal that no engine wrote', async () => {
    const choices = fc.array(fc.nat(9), { minLength: 5, maxLength: 25 });
    const status = fc.constantFrom('pending', 'running', 'compensating', 'completed', 'failed', 'stuck');
    await fc.assert(
      fc.asyncProperty(anyDefinition, choices, status, fc.nat(), async (definition, chosen, status, cut) => {
        const { header, entries } = simulate(definition, false, chosen);
        const torn = [...entries.slice(cut % 5), ...entries.toReversed()];
        const { kind } = await parseDiagram(executionDiagram({ ...header, status }, torn, definition));
        expect(kind).toBe('flowchart-v2');
      }),
      { numRuns: 50 },
    );
  });
});
