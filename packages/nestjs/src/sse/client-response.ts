/**
 * As much of an HTTP response as it takes to notice that its client does not read. Node's `ServerResponse` has it, and
 * so has Express' response; Fastify keeps it under `raw`.
 */
export interface ClientResponse {
  /** Whether so much waits to be sent that no more should be written before `drain`. */
  readonly writableNeedDrain: boolean;
  /** Whether all of it has been handed to the operating system. */
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
  /** Breaks the connection off. */
  destroy(): unknown;
}

/** Node's response behind that of the platform. */
export function rawResponse(
  response: ClientResponse | { readonly raw: ClientResponse } | undefined,
): ClientResponse | undefined {
  return response !== undefined && 'raw' in response ? response.raw : response;
}

/**
 * Breaks a connection off whose client has not taken the rest of an ended response after a while: it would hold up
 * the memory of what waits for it, and a server that shuts down.
 */
export function breakOffLater(response: ClientResponse, graceMs: number): void {
  if (response.writableFinished || response.destroyed) return;
  const timer = setTimeout(() => response.destroy(), graceMs);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}
