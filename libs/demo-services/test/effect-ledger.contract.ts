import type { EffectLedger } from '../src/ledger/effect-ledger.js';

/** What every ledger promises. */
export function describeEffectLedger(name: string, open: () => Promise<EffectLedger>): void {
  describe(name, () => {
    let ledger: EffectLedger;

    beforeEach(async () => {
      ledger = await open();
    });

    it('notes an effect once for its key, however often it is asked, and counts the calls', async () => {
      const order = randomOrder();
      await Promise.all([1, 2, 3].map(() => ledger.record(charge(order))));

      const effects = await ledger.list({ orderId: order });

      expect(effects).toEqual([
        { ...charge(order), calls: 3, recordedAt: expect.any(Date), undo: undefined },
      ]);
    });

    it('notes an undo once, whatever its key, and counts the calls', async () => {
      const order = randomOrder();
      await ledger.record(charge(order));

      await ledger.undo({ ...refund(order), idempotencyKey: 'first' });
      const effect = await ledger.undo({ ...refund(order), idempotencyKey: 'second' });

      expect(effect?.undo).toEqual({
        idempotencyKey: 'first',
        description: 'refunded',
        calls: 2,
        undoneAt: expect.any(Date),
      });
    });

    it('answers undefined for the undo of an effect that is not there', async () => {
      expect(await ledger.undo(refund(randomOrder()))).toBeUndefined();
    });

    it('leaves an undone effect undone when its call is repeated late', async () => {
      const order = randomOrder();
      await ledger.record(charge(order));
      await ledger.undo(refund(order));

      const late = await ledger.record(charge(order));

      expect(late).toMatchObject({ calls: 2, undo: { description: 'refunded' } });
    });

    it('undoes the effect of one service of one order and leaves the others alone', async () => {
      const [order, other] = [randomOrder(), randomOrder()];
      await ledger.record(charge(order));
      await ledger.record({ ...charge(order), idempotencyKey: `${order}/reserve`, service: 'inventory' });
      await ledger.record(charge(other));

      await ledger.undo(refund(order));

      const undone = (await ledger.list()).filter(({ undo }) => undo?.idempotencyKey === `${order}/refund`);
      expect(undone).toMatchObject([{ orderId: order, service: 'payment' }]);
    });

    it('lists the newest effects in the order in which they were recorded', async () => {
      const order = randomOrder();
      for (const place of [1, 2, 3]) {
        await ledger.record({ ...charge(order), idempotencyKey: `${order}/${place}` });
      }

      const keys = (await ledger.list({ orderId: order, limit: 2 })).map((effect) => effect.idempotencyKey);

      expect(keys).toEqual([`${order}/2`, `${order}/3`]);
    });
  });
}

let orders = 0;

function randomOrder(): string {
  orders += 1;
  return `order-${process.pid}-${orders}`;
}

function charge(orderId: string) {
  return {
    idempotencyKey: `${orderId}/charge`,
    orderId,
    service: 'payment',
    description: 'charged 19.00 EUR',
  } as const;
}

function refund(orderId: string) {
  return {
    idempotencyKey: `${orderId}/refund`,
    orderId,
    service: 'payment',
    description: 'refunded',
  } as const;
}
