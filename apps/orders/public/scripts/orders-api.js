/** The server's answer was an error; `problems` are its words for people, one for each field where it named fields. */
export class RequestError extends Error {
  constructor(status, problems) {
    super(problems.join(' '));
    this.status = status;
    this.problems = problems;
  }
}

/** Places an order without waiting for its end, and answers where it stands. */
export function placeOrder(order) {
  return request('POST', '/orders', order, { prefer: 'respond-async' });
}

/** Where an order stands, and its journal. */
export function findOrder(sagaId) {
  return request('GET', `/orders/${encodeURIComponent(sagaId)}`);
}

/** Asks for an order to be cancelled. */
export function cancelOrder(sagaId) {
  return request('POST', `/orders/${encodeURIComponent(sagaId)}/cancel`, {
    reason: 'Cancelled on the page.',
  });
}

/** Lets a stuck order try again what failed. */
export function retryOrder(sagaId) {
  return request('POST', `/orders/${encodeURIComponent(sagaId)}/retry`, { note: 'Tried again on the page.' });
}

/** Says that a person has done by hand what a step of a stuck order could not. */
export function resolveStep(sagaId, step) {
  return resolve(sagaId, { step, note: 'Done by hand, as the page was told.' });
}

/** Says that a step whose processes died has done nothing, and that the order is to be undone without it. */
export function resolveAsNotDone(sagaId, step) {
  return resolve(sagaId, { step, note: 'Not done, as the page was told.', outcome: 'not-done' });
}

function resolve(sagaId, word) {
  return request('POST', `/orders/${encodeURIComponent(sagaId)}/resolve`, word);
}

/** Decides about an order that waits for an approval. */
export function decideOrder(sagaId, decision, { actor, note }) {
  return request('POST', `/orders/${encodeURIComponent(sagaId)}/decide`, {
    decision,
    actor,
    ...(note && { note }),
  });
}

/** Sends the webhook that the payment service would send: the money of an order has arrived. */
export function payOrder(sagaId) {
  return request('POST', '/webhooks/payments', { orderId: sagaId, reference: `transfer-${sagaId}` });
}

/** What the services did for an order. */
export function findEffects(sagaId) {
  return request('GET', `/ledger?order=${encodeURIComponent(sagaId)}`);
}

/** Which process answers; rejects with status 404 where this server is not to be killed. */
export function findServer() {
  return request('GET', '/demo');
}

/** Kills the server. */
export function killServer() {
  return request('POST', '/demo/kill');
}

async function request(method, path, body, headers = {}) {
  const response = await fetch(path, {
    method,
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new RequestError(response.status, [answer.message ?? response.statusText].flat());
}
