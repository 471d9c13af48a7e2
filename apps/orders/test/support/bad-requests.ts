import { randomUUID } from 'node:crypto';
import { goodOrder } from './orders-client.js';
import type { RawRequest } from './raw-request.js';

/** A request that has to be refused, and the reason. */
export type BadRequest = readonly [label: string, request: RawRequest];

const json = { 'content-type': 'application/json' };
const good = JSON.stringify(goodOrder);
const halfSurrogate = JSON.stringify({ ...goodOrder, customer: 'half \ud83d' });

/** Bodies that no route takes. */
const bodies: readonly (readonly [string, string | Buffer])[] = [
  ['JSON that breaks off', good.slice(0, -1)],
  ['JSON with a comma too many', `${good.slice(0, -1)},}`],
  ['no JSON', 'customer=Ada&item=book'],
  ['null', 'null'],
  ['a text', '"order"'],
  ['a number', '1e400'],
  ['an array', `[${good}]`],
  ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x00, 0x22, 0x7d])],
  ['a deep nesting', `{"customer":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ['more than a body may have', JSON.stringify({ ...goodOrder, customer: 'x'.repeat(1_000_000) })],
];

/** Orders that would change what every object inherits, if they were merged into one. */
export const pollutingOrders: readonly (readonly [string, string])[] = [
  ['__proto__', `{"__proto__":{"polluted":true},${good.slice(1)}`],
  ['constructor', `{"constructor":{"prototype":{"polluted":true}},${good.slice(1)}`],
];

/** Bodies that no order may have, well-formed as they are. */
const orderBodies: typeof bodies = [
  ['nothing', ''],
  ['an empty object', '{}'],
  ['a lone surrogate in it', halfSurrogate],
  ['a field twice, the last of them wrong', `${good.slice(0, -1)},"quantity":"2"}`],
  ['a quantity beyond all numbers', good.replace('2', '1e400')],
];

const ids: readonly string[] = [
  '1',
  'null',
  '__proto__',
  "' OR 1=1 --",
  '../../etc/passwd',
  '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c4',
  '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c4g',
  '{018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41}',
  '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41\u0000',
  '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c4\u0661',
  'x'.repeat(8_000),
];
/** Parts of an address that stand for no text at all. */
const brokenParts: readonly string[] = ['%', '%E0%A4%A', '%zz', '%c0%ae'];

function post(path: string, body: string | Buffer, headers: RawRequest['headers'] = json): RawRequest {
  return { method: 'POST', path, body, headers };
}

function get(path: string, headers: RawRequest['headers'] = {}): RawRequest {
  return { method: 'GET', path, headers };
}

function badOrders(path: string): readonly BadRequest[] {
  return [
    ...[...bodies, ...orderBodies].map(([label, body]): BadRequest => [label, post(path, body)]),
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json; charset=klingon',
    ].map((type): BadRequest => [`a body of type ${type}`, post(path, good, { 'content-type': type })]),
    ['no type', post(path, good, {})],
    ['an encoding that it has not', post(path, good, { ...json, 'content-encoding': 'gzip' })],
    ...['', 'k'.repeat(201), 'k'.repeat(20_000)].map((key): BadRequest => [
      `an Idempotency-Key of ${key.length} characters`,
      post(path, good, { ...json, 'idempotency-key': key }),
    ]),
  ];
}

function badIds(route: (id: string) => RawRequest): readonly BadRequest[] {
  return [...ids.map(encodeURIComponent), ...brokenParts, randomUUID()].map((id): BadRequest => [
    `the id ${id.slice(0, 50)}`,
    route(id),
  ]);
}

/** Ids of events that no stream gave. */
const eventIds = ['-1', '1.5', '0x1', '1e3', 'NaN', '9'.repeat(16), "' OR 1=1 --", '1, 2', '\u00b2'];

/**
 * Requests that have to be refused, for each route.
 *
 * @param running An order that is under way.
 */
export function badRequests(running: string): Readonly<Record<string, readonly BadRequest[]>> {
  return {
    'POST /orders': badOrders('/orders'),
    'POST /orders/stream': badOrders('/orders/stream'),
    'GET /orders/:id': badIds((id) => get(`/orders/${id}`)),
    'GET /orders/:id/events': [
      ...badIds((id) => get(`/orders/${id}/events`)),
      ...eventIds.map((id): BadRequest => [
        `Last-Event-ID ${id}`,
        get(`/orders/${running}/events`, { 'last-event-id': id }),
      ]),
      ...[
        ...eventIds.map((id) => `lastEventId=${encodeURIComponent(id)}`),
        'lastEventId=1&lastEventId=2',
        'lastEventId[]=1',
        'lasteventid=1',
        '__proto__[polluted]=1',
        'lastEventId=%E0%A4%A',
      ].map((query): BadRequest => [`the query ${query}`, get(`/orders/${running}/events?${query}`)]),
    ],
    'POST /orders/:id/cancel': [
      ...badIds((id) => post(`/orders/${id}/cancel`, '{}')),
      ...[...bodies, ...pollutingOrders].map(([label, body]): BadRequest => [
        label,
        post(`/orders/${running}/cancel`, body),
      ]),
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'].map(
        (type): BadRequest => [
          `a body of type ${type}`,
          post(`/orders/${running}/cancel`, 'reason=no', { 'content-type': type }),
        ],
      ),
      ...['""', '5', 'null', '"NUL \\u0000"', '"half \\ud83d"', `"${'x'.repeat(201)}"`].map(
        (reason): BadRequest => [
          `the reason ${reason.slice(0, 50)}`,
          post(`/orders/${running}/cancel`, `{"reason":${reason}}`),
        ],
      ),
    ],
    'POST /orders/:id/decide': [
      ...badIds((id) => post(`/orders/${id}/decide`, '{"decision":"approved","actor":"Ada"}')),
      ...[...bodies, ...pollutingOrders].map(([label, body]): BadRequest => [
        label,
        post(`/orders/${running}/decide`, body),
      ]),
      ['no decision', post(`/orders/${running}/decide`, '{"actor":"Ada"}')],
      ['another decision', post(`/orders/${running}/decide`, '{"decision":"perhaps","actor":"Ada"}')],
      ['nobody', post(`/orders/${running}/decide`, '{"decision":"approved","actor":" "}')],
      [
        'an order that asks nothing',
        post(`/orders/${running}/decide`, '{"decision":"approved","actor":"Ada"}'),
      ],
    ],
    'POST /webhooks/payments': [
      ...[...bodies, ...pollutingOrders].map(([label, body]): BadRequest => [
        label,
        post('/webhooks/payments', body),
      ]),
      ...ids.map((id): BadRequest => [
        `the order ${id.slice(0, 50)}`,
        post('/webhooks/payments', JSON.stringify({ orderId: id, reference: 'transfer-7' })),
      ]),
      [
        'an order that is unknown',
        post('/webhooks/payments', JSON.stringify({ orderId: randomUUID(), reference: 'x' })),
      ],
      ...['', ' ', 'NUL \u0000', 'x'.repeat(101)].map((reference): BadRequest => [
        `the reference ${reference.slice(0, 50)}`,
        post('/webhooks/payments', JSON.stringify({ orderId: running, reference })),
      ]),
    ],
    'GET /ledger': [
      ...[...ids.map(encodeURIComponent), 'a&order=b', ''].map((id): BadRequest => [
        `the order ${id.slice(0, 50)}`,
        get(`/ledger?order=${id}`),
      ]),
      ['an unknown field', get('/ledger?orders=1')],
      ['an object', get(`/ledger?order[$ne]=1`)],
      ['a __proto__', get('/ledger?__proto__[order]=1')],
    ],
  };
}
