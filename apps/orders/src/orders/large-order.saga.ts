import { approval, minutes, Saga } from '@nest-saga/nestjs';
import { OrderContext } from './order.context.js';
import { collectMoney } from './order.saga.js';
import { ReserveInventoryStep } from './steps/reserve-inventory.step.js';
import { ShipOrderStep } from './steps/ship-order.step.js';

/** An order of a large amount: a person looks at it before any money is collected. */
@Saga(OrderContext, {
  name: 'large-order',
  version: 1,
  steps: [
    ReserveInventoryStep,
    approval('approval', {
      title: ({ customer, quantity, item, amountCents }) =>
        `${quantity} × ${item} for ${(amountCents / 100).toFixed(2)} EUR, ordered by ${customer}`,
      timeoutMs: minutes(10),
    }),
    collectMoney,
    ShipOrderStep,
  ],
})
export class LargeOrderSaga {}
