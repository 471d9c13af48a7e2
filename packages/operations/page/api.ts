import { setConnection } from './connection.js';

/** The server refused a request: the text is for the person. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The server did not answer at all. */
export class Away extends Error {}

/** Reads data; undefined if nothing is new. */
export async function read<View>(path: string, signal?: AbortSignal): Promise<View | undefined> {
  return send<View>(path, signal === undefined ? {} : { signal });
}

/** Sends what a person does. The server accepts it only from this page, which the header shows. */
export async function write<View>(path: string, body: unknown): Promise<View> {
  const answer = await send<View>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-saga-operations': '1' },
    body: JSON.stringify(body),
  });
  return answer as View;
}

async function send<View>(path: string, init: RequestInit): Promise<View | undefined> {
  let response: Response;
  try {
    response = await fetch(`api/${path}`, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    setConnection('away');
    throw new Away('The server does not answer.');
  }
  // A proxy answers in place of a server that is away.
  if (response.status === 502 || response.status === 504) {
    setConnection('away');
    throw new Away('The server does not answer.');
  }
  setConnection('live');
  if (response.status === 204) return undefined;
  const text = await response.text();
  const body = parse(text);
  if (!response.ok) throw new Refusal(response.status, messageOf(body, response.status));
  return body as View;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown, status: number): string {
  const message: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'message') : undefined;
  if (typeof message === 'string') return message;
  if (status === 401 || status === 403) return 'You are not allowed to see this any more. Sign in again.';
  return `The server answered with status ${status}.`;
}
