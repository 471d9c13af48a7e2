import { Injectable } from '@nestjs/common';
import { EffectLedger } from '../ledger/effect-ledger.js';
import { catalogue } from './catalogue.js';
import { UnknownItemError } from './unknown-item.error.js';

/** The items to reserve for an order. */
export interface ReserveRequest {
  readonly orderId: string;
  readonly item: string;
  readonly quantity: number;
  readonly idempotencyKey: string;
}

/** A reservation that was made. */
export interface Reservation {
  readonly reservationId: string;
  readonly totalCents: number;
}

/** Reserves items for orders. */
@Injectable()
export class InventoryService {
  constructor(private readonly ledger: EffectLedger) {}

  /**
   * Reserves the items of an order, once for each key.
   *
   * @throws UnknownItemError
   */
  async reserve({ orderId, item, quantity, idempotencyKey }: ReserveRequest): Promise<Reservation> {
    const price = Object.hasOwn(catalogue, item) ? catalogue[item] : undefined;
    if (price === undefined) throw new UnknownItemError(item);
    await this.ledger.record({
      idempotencyKey,
      orderId,
      service: 'inventory',
      description: `reserved ${quantity} × ${item}`,
    });
    return { reservationId: `reservation-${orderId.slice(0, 8)}`, totalCents: price * quantity };
  }

  /** Releases the items of an order. It succeeds if there are none. */
  async release(orderId: string, idempotencyKey: string): Promise<void> {
    await this.ledger.undo({ idempotencyKey, orderId, service: 'inventory', description: 'released' });
  }
}
