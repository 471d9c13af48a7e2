/** The card gateway cannot be reached, which says nothing about the card. */
export class CardGatewayError extends Error {
  override readonly name = 'CardGatewayError';
  readonly code = 'CARD_GATEWAY_DOWN';

  constructor() {
    super('The card gateway does not answer.');
  }
}
