import { Injectable } from '@nestjs/common';
import { EffectLedger } from '../ledger/effect-ledger.js';
import { scenarios } from '../scenarios.js';
import { Carrier } from './carrier.js';
import { ShippingOutageError } from './shipping-outage.error.js';

/** The parcel to send, and its destination. */
export interface ShipRequest {
  readonly orderId: string;
  readonly destination: string;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** A parcel on its way. */
export interface Shipment {
  readonly trackingNumber: string;
}

/** Sends parcels. */
@Injectable()
export class ShippingService {
  constructor(
    private readonly ledger: EffectLedger,
    private readonly carrier: Carrier,
  ) {}

  /**
   * Sends the parcel of an order, once for each key. The parcel is booked before the carrier confirms it, as with real
   * carriers: a caller that is interrupted in between cannot know whether it was sent.
   *
   * @throws ShippingOutageError
   */
  async ship({ orderId, destination, idempotencyKey, signal }: ShipRequest): Promise<Shipment> {
    if (destination === scenarios.outageDestination) throw new ShippingOutageError(destination);
    await this.ledger.record({
      idempotencyKey,
      orderId,
      service: 'shipping',
      description: 'booked a parcel',
    });
    if (destination === scenarios.slowDestination) {
      await this.carrier.wait(this.carrier.slowConfirmationMs, signal);
    }
    return { trackingNumber: `parcel-${orderId.slice(0, 8)}` };
  }

  /** Recalls the parcel of an order. It succeeds if there is none. */
  async recall(orderId: string, idempotencyKey: string): Promise<void> {
    await this.ledger.undo({ idempotencyKey, orderId, service: 'shipping', description: 'called back' });
  }
}
