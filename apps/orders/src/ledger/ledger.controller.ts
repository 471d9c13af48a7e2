import { Controller, Get, Query } from '@nestjs/common';
import { EffectLedger, type Effect } from '@nest-saga/demo-services';
import { z } from 'zod';

const ledgerQuerySchema = z.strictObject({ order: z.uuid().optional() });

/** Shows the effects of the services, which are the evidence of each order. */
@Controller('ledger')
export class LedgerController {
  constructor(private readonly ledger: EffectLedger) {}

  /** All effects, or those of one order, in the order in which they happened. */
  @Get()
  async list(
    @Query({ schema: ledgerQuerySchema }) { order }: z.infer<typeof ledgerQuerySchema>,
  ): Promise<readonly Effect[]> {
    return this.ledger.list(order === undefined ? {} : { orderId: order.toLowerCase() });
  }
}
