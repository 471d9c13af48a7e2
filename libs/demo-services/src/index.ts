export { DemoServicesModule, type DemoServicesOptions } from './demo-services.module.js';
export { catalogue } from './inventory/catalogue.js';
export { InventoryService, type Reservation, type ReserveRequest } from './inventory/inventory.service.js';
export { UnknownItemError } from './inventory/unknown-item.error.js';
export { InvoiceService, type Invoice, type InvoiceRequest } from './invoice/invoice.service.js';
export type { Effect, EffectUndo, NewEffect, ServiceName, UndoRequest } from './ledger/effect.js';
export { EffectLedger, type EffectQuery } from './ledger/effect-ledger.js';
export { InMemoryEffectLedger } from './ledger/in-memory-effect-ledger.js';
export { PostgresEffectLedger, type RunStatement } from './ledger/postgres-effect-ledger.js';
export { CardDeclinedError } from './payment/card-declined.error.js';
export { CardGatewayError } from './payment/card-gateway.error.js';
export {
  PaymentService,
  type BookRequest,
  type Charge,
  type ChargeRequest,
} from './payment/payment.service.js';
export { RefundRefusedError } from './payment/refund-refused.error.js';
export { scenarios } from './scenarios.js';
export { Carrier, RealTimeCarrier } from './shipping/carrier.js';
export { ShippingOutageError } from './shipping/shipping-outage.error.js';
export { ShippingService, type Shipment, type ShipRequest } from './shipping/shipping.service.js';
