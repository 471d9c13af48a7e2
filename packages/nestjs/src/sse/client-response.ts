/**
 * The part of an HTTP response that shows whether its client reads. Node's `ServerResponse` has it, and so has Express'
 * response; Fastify keeps it under `raw`.
 */
export interface ClientResponse {
  /** Whether the next write should wait for `drain`. */
  readonly writableNeedDrain: boolean;
  /** Whether all data has been passed to the operating system. */
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
  /** Closes the connection at once. */
  destroy(): unknown;
}

/** Node's response inside that of the platform. */
export function rawResponse(
  response: ClientResponse | { readonly raw: ClientResponse } | undefined,
): ClientResponse | undefined {
  return response !== undefined && 'raw' in response ? response.raw : response;
}

/**
 * Closes the connection if the client does not take the rest of an ended response within `graceMs`. Otherwise it would
 * keep the waiting data in memory, and delay a shutdown.
 */
export function breakOffLater(response: ClientResponse, graceMs: number): void {
  if (response.writableFinished || response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), graceMs);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}
