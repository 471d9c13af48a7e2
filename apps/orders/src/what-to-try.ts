import { scenarios } from '@nest-saga/demo-services';

const goodOrder = { customer: 'Ada', item: 'book', quantity: 2, card: 'card-ok', destination: 'Berlin' };

const lines: readonly (readonly [string, Partial<typeof goodOrder>])[] = [
  ['a good order', {}],
  ['an unknown item: nothing is done', { item: scenarios.unknownItem }],
  ['a declined card: the reservation is undone', { card: scenarios.declinedCard }],
  ['the card gateway is down: an invoice instead', { card: scenarios.gatewayDownCard }],
  ['a shipping outage: everything is undone', { destination: scenarios.outageDestination }],
  ['a slow shipment: ten seconds to watch, cancel or kill', { destination: scenarios.slowDestination }],
];

/** The commands that a newcomer can try when the server runs. */
export function whatToTry(url: string): string {
  const curls = lines.map(([title, change]) => `# ${title}\n${curl(url, { ...goodOrder, ...change })}`);
  return [
    '',
    `Nest Saga orders: ${url} (open it in a browser)`,
    '',
    ...curls,
    '# what the services really did',
    `curl -s ${url}/ledger`,
    '',
  ].join('\n');
}

function curl(url: string, order: typeof goodOrder): string {
  return `curl -sN ${url}/orders/stream -H 'content-type: application/json' -d '${JSON.stringify(order)}'`;
}
