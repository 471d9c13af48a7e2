import { jsonContextCodec } from '../context/context-codec.js';
import type { ContextCodec } from '../context/context-codec.js';
import { defineSaga } from '../definition/define-saga.js';
import { fallback } from '../definition/fallback.js';
import type { StepEntry } from './journal-entry.js';
import { toStepResult } from './step-result.js';

const at = new Date(0);
const completed = (response?: string, more: Partial<StepEntry> = {}): StepEntry =>
  ({
    kind: 'act-completed',
    seq: 1,
    worker: 'worker-1',
    recordedAt: at,
    step: 'charge',
    attempt: 1,
    startedAt: at,
    finishedAt: at,
    context: '{}',
    ...(response === undefined ? {} : { response }),
    ...more,
  }) as StepEntry;
const counting = (codec: ContextCodec): ContextCodec & { decoded: number } => ({
  decoded: 0,
  encode: (value, path) => codec.encode(value, path),
  decode(json) {
    this.decoded += 1;
    return codec.decode(json);
  },
});
const handler = () => {
  throw new Error('it is never called here');
};
const declared = (id: string) => ({ id, handler });
const order = defineSaga({
  name: 'order',
  steps: [
    declared('reserve'),
    { ...declared('charge'), aliases: ['pay'] },
    fallback(declared('ship'), declared('fetch')),
  ],
});
const long = JSON.stringify({ note: 'n'.repeat(1_000) });

describe('the result of a step', () => {
  it.each([
    ['short', '{"ok":true}'],
    ['long', long],
  ])('has the value of a %s response, even if it is spread or converted to JSON', (_length, response) => {
    const result = toStepResult('saga-1', order, completed(response));
    expect(result.response).toEqual(JSON.parse(response));
    expect({ ...result }.response).toEqual(JSON.parse(response));
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ response: JSON.parse(response) as object });
  });

  it("calls an application's own codec only when the response is read, and then once", () => {
    const codec = counting(jsonContextCodec);
    const result = toStepResult('saga-1', { ...order, codec }, completed('{"ok":true}'));
    expect(codec.decoded).toBe(0);
    expect(result.response).toEqual({ ok: true });
    expect(result.response).toEqual({ ok: true });
    expect(codec.decoded).toBe(1);
  });

  it('has no response if the act returned none', () => {
    expect(toStepResult('saga-1', order, completed())).not.toHaveProperty('response');
  });

  it.each([
    ['reserve', 1],
    ['charge', 2],
    ['pay', 2],
    ['ship', 3],
    ['fetch', 3],
    ['gone', undefined],
  ])('gives the step "%s" its position and the total', (step, position) => {
    const result = toStepResult('saga-1', order, completed(undefined, { step }));
    expect(result).toMatchObject({ saga: 'order', step, total: 3 });
    expect(result.position).toBe(position);
  });

  it('has the events of the step, decoded only when they are read', () => {
    const codec = counting(jsonContextCodec);
    const events = '[{"name":"OrderPaid","event":{"cents":5}},{"event":"paid"}]';
    const result = toStepResult('saga-1', { ...order, codec }, completed(undefined, { events }));
    expect(codec.decoded).toBe(0);
    expect(result.events).toEqual([{ name: 'OrderPaid', event: { cents: 5 } }, { event: 'paid' }]);
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ events: JSON.parse(events) as object });
    expect(codec.decoded).toBe(2);
    expect(toStepResult('saga-1', order, completed())).not.toHaveProperty('events');
  });
});
