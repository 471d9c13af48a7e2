/** One server-sent event. */
export interface ServerSentEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: EventData;
}

/** What the events of an order say. */
export interface EventData {
  readonly sagaId?: string;
  readonly step?: string;
  readonly action?: string;
  readonly status?: string;
  readonly attempt?: number;
  readonly failure?: { readonly step?: string; readonly code?: string; readonly reason: string };
}

/** Reads server-sent events as the standard says: fields in lines, an empty line ends an event. */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  const { body } = response;
  if (!response.ok || body === null)
    throw new Error(`No stream: ${response.status} ${await response.text()}`);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<ServerSentEvent>): Promise<readonly ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** An event in a few words: what a step did, or how the order ended. */
export function summarize({ type, data }: ServerSentEvent): string {
  return type === 'step' ? `${data.step} ${data.action} ${data.status}` : type;
}

/** The events of an order to the destination with an outage, as `summarize` names them. */
export const undoneAfterOutage = [
  'reserve-inventory act completed',
  'charge-payment act completed',
  'ship-order act failed',
  'ship-order act failed',
  'ship-order compensate completed',
  'charge-payment compensate completed',
  'reserve-inventory compensate completed',
  'failed',
];

function parseEvent(block: string): ServerSentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return {
    type: fields.get('event') ?? 'message',
    id: fields.get('id'),
    data: JSON.parse(data) as EventData,
  };
}
