import { when } from '../definition/choice.js';
import { defineSaga } from '../definition/define-saga.js';
import { applyEntry } from '../journal/apply-entry.js';
import { initialState } from '../journal/fold-journal.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import type { Clock } from '../ports/clock.js';
import { nextEntry } from './next-entry.js';

const at = new Date(0);
const rule = { parkAboveMs: undefined, clock: { now: () => 0 } as Clock };

describe('a choice after the point of no return', () => {
  const handler = () => ({ act: () => undefined });
  let isKnown = false;
  const predicate = (): boolean => {
    if (!isKnown) throw new Error('not yet');
    return true;
  };
  const definition = defineSaga({
    name: 'order',
    steps: [
      { id: 'pay', kind: 'pivot', handler },
      when('gift', predicate, [{ id: 'thank', kind: 'retriable', handler }]),
    ],
  });
  const error = { name: 'Error', message: 'not yet' };
  const attempt = { attempt: 1, startedAt: at, finishedAt: at };
  const failed: EntryDraft = {
    kind: 'act-completed',
    step: 'pay',
    ...attempt,
    pivot: true,
    path: { decisions: { gift: { error } } },
  };
  const after = applyEntry(initialState('{}'), failed);

  it('that fails leaves the saga STUCK', () => {
    expect(nextEntry(definition, 'one', after, rule)).toEqual({
      kind: 'stuck',
      reason: 'forward-exhausted',
      step: 'gift',
      message: 'not yet',
    });
  });

  it('is made again after the retry of an operator', () => {
    const retry: EntryDraft = { kind: 'retry-requested', actor: 'ada', status: 'running' };
    isKnown = true;
    expect(nextEntry(definition, 'one', applyEntry(after, retry), rule)).toEqual({
      kind: 'path-decided',
      path: { decisions: { gift: true } },
    });
  });
});
