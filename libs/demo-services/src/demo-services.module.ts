import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import { InventoryService } from './inventory/inventory.service.js';
import { InvoiceService } from './invoice/invoice.service.js';
import { EffectLedger } from './ledger/effect-ledger.js';
import { PaymentService } from './payment/payment.service.js';
import { Carrier, RealTimeCarrier } from './shipping/carrier.js';
import { ShippingService } from './shipping/shipping.service.js';

/** The options of the demo's services. */
export interface DemoServicesOptions {
  /** Makes the ledger. */
  readonly ledger: Pick<FactoryProvider<EffectLedger>, 'inject' | 'useFactory'>;
  /**
   * How long a slow shipment takes, in milliseconds.
   *
   * @default 15_000
   */
  readonly slowConfirmationMs?: number;
}

/** The services of the demo with one common ledger, for all modules of the application. */
@Module({})
export class DemoServicesModule {
  /**
   * @example
   * DemoServicesModule.forRoot({ ledger: { useFactory: () => new InMemoryEffectLedger() } })
   */
  static forRoot({ ledger, slowConfirmationMs = 15_000 }: DemoServicesOptions): DynamicModule {
    const services = [InventoryService, PaymentService, InvoiceService, ShippingService];
    return {
      module: DemoServicesModule,
      global: true,
      providers: [
        { provide: EffectLedger, ...ledger },
        { provide: Carrier, useValue: new RealTimeCarrier(slowConfirmationMs) },
        ...services,
      ],
      exports: [EffectLedger, ...services],
    };
  }
}
