/** What an order has to say for a service to fail: the switches of the demo are values of the order itself. */
export const scenarios = Object.freeze({
  /** The inventory does not know it. */
  unknownItem: 'unicorn',
  /** The bank says no. */
  declinedCard: 'card-declined',
  /** The card gateway does not answer, so an invoice is sent instead. */
  gatewayDownCard: 'card-gateway-down',
  /** The bank never gives money back: with a shipping outage, somebody has to step in. */
  noRefundCard: 'card-no-refund',
  /** No carrier goes there. */
  outageDestination: 'atlantis',
  /** The carrier takes its time to confirm. */
  slowDestination: 'far-away',
});
