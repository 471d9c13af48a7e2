import { jsonContextCodec } from '../context/context-codec.js';
import type { ContextCodec } from '../context/context-codec.js';
import type { StepEntry } from './journal-entry.js';
import { toStepResult } from './step-result.js';

const at = new Date(0);
const completed = (response?: string): StepEntry => ({
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
});
const counting = (codec: ContextCodec): ContextCodec & { decoded: number } => ({
  decoded: 0,
  encode: (value, path) => codec.encode(value, path),
  decode(json) {
    this.decoded += 1;
    return codec.decode(json);
  },
});
const saga = { sagaId: 'saga-1', saga: 'order', codec: jsonContextCodec };
const long = JSON.stringify({ note: 'n'.repeat(1_000) });

describe('the result of a step', () => {
  it.each([
    ['short', '{"ok":true}'],
    ['long', long],
  ])('has the value of a %s response, also where it is spread or made JSON of', (_length, response) => {
    const result = toStepResult(saga, completed(response));
    expect(result.response).toEqual(JSON.parse(response));
    expect({ ...result }.response).toEqual(JSON.parse(response));
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ response: JSON.parse(response) as object });
  });

  it("asks an application's own codec only when somebody looks at the response, and then once", () => {
    const codec = counting(jsonContextCodec);
    const result = toStepResult({ ...saga, codec }, completed('{"ok":true}'));
    expect(codec.decoded).toBe(0);
    expect(result.response).toEqual({ ok: true });
    expect(result.response).toEqual({ ok: true });
    expect(codec.decoded).toBe(1);
  });

  it('has no response where the act returned none', () => {
    expect(toStepResult(saga, completed())).not.toHaveProperty('response');
  });
});
