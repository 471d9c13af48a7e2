/** No carrier delivers the parcel at the moment. */
export class ShippingOutageError extends Error {
  override readonly name = 'ShippingOutageError';
  readonly code = 'SHIPPING_OUTAGE';

  constructor(readonly destination: string) {
    super(`No carrier goes to "${destination}" at the moment.`);
  }
}
