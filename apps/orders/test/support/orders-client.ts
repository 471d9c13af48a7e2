import type { Effect } from '@nest-saga/demo-services';
import type { OrderDetails } from '../../src/orders/orders-reader.js';
import type { PlaceOrder } from '../../src/orders/place-order.schema.js';
import { readEvents, type ServerSentEvent } from './read-events.js';
import { until } from './until.js';

/** An order that ends well. */
export const goodOrder: PlaceOrder = {
  customer: 'Ada',
  item: 'book',
  quantity: 2,
  card: 'card-ok',
  destination: 'Berlin',
};

/** What came back over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: OrderDetails & { readonly message?: unknown; readonly code?: string };
}

/** An effect as it comes over HTTP. */
export type LedgerLine = Pick<Effect, 'service' | 'description' | 'calls'> & {
  readonly undo?: { readonly description: string; readonly calls: number; readonly undoneAt: string };
};

/** A customer of the orders application, over HTTP. */
export class OrdersClient {
  constructor(readonly url: string) {}

  place(change: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('POST', '/orders', { ...goodOrder, ...change }, headers);
  }

  /** Places an order without waiting for its end, and answers its id. */
  async placeInBackground(change: object = {}): Promise<string> {
    const { body } = await this.place(change, { prefer: 'respond-async' });
    return body.sagaId;
  }

  async *stream(change: object = {}): AsyncGenerator<ServerSentEvent> {
    const response = await fetch(`${this.url}/orders/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...goodOrder, ...change }),
    });
    yield* readEvents(response);
  }

  find(sagaId: string): Promise<Answer> {
    return this.send('GET', `/orders/${sagaId}`);
  }

  cancel(sagaId: string, body: object = {}): Promise<Answer> {
    return this.send('POST', `/orders/${sagaId}/cancel`, body);
  }

  retry(sagaId: string, body: object = {}): Promise<Answer> {
    return this.send('POST', `/orders/${sagaId}/retry`, body);
  }

  resolve(sagaId: string, body: object): Promise<Answer> {
    return this.send('POST', `/orders/${sagaId}/resolve`, body);
  }

  async ledger(sagaId: string): Promise<readonly LedgerLine[]> {
    const response = await fetch(`${this.url}/ledger?order=${sagaId}`);
    return (await response.json()) as readonly LedgerLine[];
  }

  /** Waits until an order has a status. */
  async untilStatus(sagaId: string, status: string, deadlineMs?: number): Promise<OrderDetails> {
    const ask = async () => {
      const { body } = await this.find(sagaId);
      return body.status === status && body;
    };
    return until(`order ${sagaId} is ${status}`, ask, deadlineMs);
  }

  /** Waits until a service was asked for something often enough. */
  async untilCalled(sagaId: string, service: string, calls = 1): Promise<void> {
    await until(`${service} was called ${calls} times`, async () =>
      (await this.ledger(sagaId)).some((line) => line.service === service && line.calls >= calls),
    );
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
    };
  }
}
