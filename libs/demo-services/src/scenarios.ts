/** The values of an order that make a service fail: orders themselves are the switches of the demo. */
export const scenarios = Object.freeze({
  /** The catalogue does not have it. */
  unknownItem: 'unicorn',
  /** The bank declines it. */
  declinedCard: 'card-declined',
  /** The card gateway does not answer, so an invoice is sent instead. */
  gatewayDownCard: 'card-gateway-down',
  /** The bank never refunds it: after a shipping outage, the order needs an operator. */
  noRefundCard: 'card-no-refund',
  /** No carrier delivers there. */
  outageDestination: 'atlantis',
  /** The carrier takes a long time to confirm. */
  slowDestination: 'far-away',
});
