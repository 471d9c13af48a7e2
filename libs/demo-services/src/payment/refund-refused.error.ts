/** The bank refuses the refund, however often it is asked. */
export class RefundRefusedError extends Error {
  override readonly name = 'RefundRefusedError';
  readonly code = 'REFUND_REFUSED';

  constructor() {
    super('The bank refuses the refund.');
  }
}
