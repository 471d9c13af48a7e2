/** The bank refuses the charge, which is final. */
export class CardDeclinedError extends Error {
  override readonly name = 'CardDeclinedError';
  readonly code = 'CARD_DECLINED';

  constructor() {
    super('The card was declined.');
  }
}
