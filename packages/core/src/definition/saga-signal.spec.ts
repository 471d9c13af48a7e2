import { describe, expect, it } from '@jest/globals';
import { checkPayload, readPayload, sagaSignal } from './saga-signal.js';
import type { SagaSignal } from './saga-signal.js';
import type { StandardSchema } from './standard-schema.js';

class Delivery {
  constructor(readonly parcels: number) {}

  isLarge(): boolean {
    return this.parcels > 10;
  }
}

/** A schema that converts a text into a number, asynchronously if `isLate`. */
const parcels = (isLate = false): StandardSchema<string, number> => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const isNumber = typeof value === 'string' && /^\d+$/.test(value);
      const result = isNumber
        ? { value: Number(value) }
        : { issues: [{ message: 'expected digits', path: ['order', { key: 0 }] }, { message: 'no' }] };
      return isLate ? Promise.resolve(result) : result;
    },
  },
});

/** The compiler checks the types. */
const typeOf = <Name extends string, Payload, Input>(
  _signal: SagaSignal<Name, Payload, Input>,
  _expected: { name: Name; payload: Payload; input: Input },
): void => undefined;

describe('the payload of a signal', () => {
  it('is what a schema makes of it, before it is stored and not again when it is read', async () => {
    for (const signal of [sagaSignal('counted', parcels()), sagaSignal('counted', parcels(true))]) {
      const stored = await checkPayload(signal, '12');
      expect(stored).toBe(12);
      expect(readPayload(signal, stored)).toBe(12);
    }
  });

  it('is refused with what its schema says is wrong', async () => {
    await expect(checkPayload(sagaSignal('counted', parcels()), 'twelve')).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument: 'payload',
      message: expect.stringContaining('order.0: expected digits; no') as unknown,
    });
  });

  it('is refused in a message that stays short, however much is wrong', async () => {
    const issues = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(10_000) }));
    const schema: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) },
    };
    const error: unknown = await checkPayload(sagaSignal('long', schema), 1).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).message.length).toBeLessThan(2_000);
    expect((error as Error).message).toContain('995 more');
  });

  it('is returned with its class, whatever had its fields before', async () => {
    const signal = sagaSignal('delivered', Delivery);
    const read = readPayload(signal, await checkPayload(signal, { parcels: 12 }));
    expect(read).toBeInstanceOf(Delivery);
    expect((read as Delivery).isLarge()).toBe(true);
  });

  it.each([undefined, null, 'text', 5, []])(
    'is refused if its class is asked for and it is %p',
    async (given) => {
      await expect(checkPayload(sagaSignal('delivered', Delivery), given)).rejects.toThrow('Delivery');
    },
  );

  it('is nothing for a signal that has none, and then anything is refused', async () => {
    const signal = sagaSignal('opened');
    await expect(checkPayload(signal, undefined)).resolves.toBeUndefined();
    await expect(checkPayload(signal, null)).rejects.toThrow('leave it out');
  });

  it('has the type that its schema or its class says', () => {
    const date = new Date(0);
    typeOf(sagaSignal('counted', parcels()), { name: 'counted', payload: 1, input: '1' });
    typeOf(sagaSignal('delivered', Delivery), {
      name: 'delivered',
      payload: new Delivery(1),
      input: new Delivery(1),
    });
    typeOf(sagaSignal('opened'), { name: 'opened', payload: undefined, input: undefined });
    // @ts-expect-error it is a number
    typeOf(sagaSignal('counted', parcels()), { name: 'counted', payload: '1', input: '1' });
    // @ts-expect-error it takes a text
    typeOf(sagaSignal('counted', parcels()), { name: 'counted', payload: 1, input: 1 });
    // @ts-expect-error it is a delivery
    typeOf(sagaSignal('delivered', Delivery), { name: 'delivered', payload: date, input: date });
    expect(sagaSignal('opened')).toEqual({ kind: 'signal', name: 'opened', payload: undefined });
  });
});
