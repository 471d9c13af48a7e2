import { findOrder } from './orders-api.js';

const endings = ['completed', 'failed', 'stuck'];
const pauseMs = 500;

/**
 * Follows one order over server-sent events, across reloads of the page and deaths of the server. What was received is
 * kept for this tab, so that a reload asks for the events behind the last one only.
 */
export class OrderFeed {
  #events;
  #timer;
  #isClosed = false;

  /** `listener` has `onDetails(order)`, `onResult(results)`, `onLost()` and `onGone()`. */
  constructor(sagaId, listener) {
    this.sagaId = sagaId;
    this.listener = listener;
    this.results = recall(sagaId);
  }

  async open() {
    try {
      const order = await findOrder(this.sagaId);
      if (this.#isClosed) return;
      this.listener.onDetails(order);
      this.#connect();
    } catch (error) {
      if (this.#isClosed) return;
      if (error.status === 404 || error.status === 400) {
        this.listener.onGone();
        return;
      }
      this.#lost();
    }
  }

  close() {
    this.#isClosed = true;
    this.#events?.close();
    clearTimeout(this.#timer);
  }

  #connect() {
    const last = this.results.at(-1)?.seq ?? 0;
    const events = new EventSource(`/orders/${this.sagaId}/events?lastEventId=${last}`);
    this.#events = events;
    events.addEventListener('step', ({ data }) => this.#receive(JSON.parse(data)));
    events.addEventListener('waiting', () => this.listener.onResult(this.results));
    for (const ending of endings) events.addEventListener(ending, () => void this.#finish());
    // The browser would connect again by itself, but with pauses of its own and without the order's journal.
    events.addEventListener('interrupted', () => this.#lost());
    events.addEventListener('error', () => this.#lost());
  }

  #receive(result) {
    if (result.seq <= (this.results.at(-1)?.seq ?? 0)) return;
    this.results.push(result);
    remember(this.sagaId, this.results);
    this.listener.onResult(this.results);
  }

  async #finish() {
    this.#events.close();
    try {
      const order = await findOrder(this.sagaId);
      if (!this.#isClosed) this.listener.onDetails(order);
    } catch {
      this.#lost();
    }
  }

  #lost() {
    this.#events?.close();
    if (this.#isClosed) return;
    this.listener.onLost();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.open(), pauseMs);
  }
}

const keyOf = (sagaId) => `order:${sagaId}`;

function recall(sagaId) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(sagaId)) ?? '[]');
  } catch {
    return [];
  }
}

function remember(sagaId, results) {
  try {
    sessionStorage.setItem(keyOf(sagaId), JSON.stringify(results));
  } catch {
    // A full or forbidden store: a reload then asks for everything again.
  }
}
