import { InMemoryEffectLedger } from '../ledger/in-memory-effect-ledger.js';
import { InventoryService } from './inventory.service.js';
import { UnknownItemError } from './unknown-item.error.js';

describe('the inventory', () => {
  const ledger = new InMemoryEffectLedger();
  const inventory = new InventoryService(ledger);
  const request = { orderId: 'a1', item: 'book', quantity: 2, idempotencyKey: 'a1/reserve' };

  it('sets items aside once for a key, and says what they cost', async () => {
    const reservation = await inventory.reserve(request);

    expect(reservation).toEqual({ reservationId: 'reservation-a1', totalCents: 3_800 });
    expect(await inventory.reserve(request)).toEqual(reservation);
    expect(await ledger.list({ orderId: 'a1' })).toMatchObject([
      { description: 'reserved 2 × book', calls: 2 },
    ]);
  });

  it('releases them', async () => {
    await inventory.release('a1', 'a1/release');

    expect(await ledger.list({ orderId: 'a1' })).toMatchObject([{ undo: { description: 'released' } }]);
  });

  it.each(['unicorn', 'constructor', '__proto__'])(
    'refuses the item "%s", which it does not know, without an effect',
    async (item) => {
      await expect(inventory.reserve({ ...request, orderId: 'a2', item })).rejects.toThrow(UnknownItemError);

      expect(await ledger.list({ orderId: 'a2' })).toEqual([]);
    },
  );
});
