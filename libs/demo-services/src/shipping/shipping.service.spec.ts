import { InMemoryEffectLedger } from '../ledger/in-memory-effect-ledger.js';
import { scenarios } from '../scenarios.js';
import { Carrier } from './carrier.js';
import { ShippingOutageError } from './shipping-outage.error.js';
import { ShippingService } from './shipping.service.js';

class RecordingCarrier extends Carrier {
  override readonly slowConfirmationMs = 7;
  readonly waits: number[] = [];

  override async wait(durationMs: number, signal: AbortSignal): Promise<void> {
    this.waits.push(durationMs);
    signal.throwIfAborted();
  }
}

describe('the shipping service', () => {
  const ledger = new InMemoryEffectLedger();
  const carrier = new RecordingCarrier();
  const shipping = new ShippingService(ledger, carrier);
  const request = {
    orderId: 'd1',
    destination: 'Berlin',
    idempotencyKey: 'd1/ship',
    signal: new AbortController().signal,
  };

  it('sends a parcel once for a key and calls it back', async () => {
    await shipping.ship(request);
    expect(await shipping.ship(request)).toEqual({ trackingNumber: 'parcel-d1' });
    await shipping.recall('d1', 'd1/recall');

    expect(await ledger.list({ orderId: 'd1' })).toMatchObject([
      { description: 'booked a parcel', calls: 2, undo: { description: 'called back' } },
    ]);
    expect(carrier.waits).toEqual([]);
  });

  it('reports an outage by an error of its own and books nothing', async () => {
    const outage = { ...request, orderId: 'd2', destination: scenarios.outageDestination };

    await expect(shipping.ship(outage)).rejects.toThrow(ShippingOutageError);

    expect(await ledger.list({ orderId: 'd2' })).toEqual([]);
  });

  it('books a slow parcel before it waits for the carrier, who can be interrupted', async () => {
    const interruption = new AbortController();
    const slow = { orderId: 'd3', destination: scenarios.slowDestination, idempotencyKey: 'd3/ship' };
    interruption.abort(new Error('interrupted'));

    await expect(shipping.ship({ ...slow, signal: interruption.signal })).rejects.toThrow('interrupted');

    expect(carrier.waits).toEqual([7]);
    expect(await ledger.list({ orderId: 'd3' })).toMatchObject([{ undo: undefined }]);
  });
});
