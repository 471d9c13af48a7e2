import { get } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** What came in one block, between two empty lines. */
export interface SseBlock {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

/** One connection to a stream, over a socket of its own. */
export interface SseConnection extends AsyncIterable<SseBlock> {
  readonly response: IncomingMessage;
  /** Breaks it off, as a lost network would. */
  cut(): void;
}

/** Connects as a browser does: with the id of the last event, if it has seen one. */
export async function connectSse(url: string, lastEventId?: string): Promise<SseConnection> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  return { response, cut: () => cut(request, response), [Symbol.asyncIterator]: () => readBlocks(response) };
}

/** Every event of one connection up to its end; comments and mere ids left out. */
export async function readEvents(connection: SseConnection): Promise<readonly SseBlock[]> {
  const events: SseBlock[] = [];
  for await (const block of connection) if (block.data !== undefined) events.push(block);
  return events;
}

function cut(request: ClientRequest, response: IncomingMessage): void {
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  request.destroy();
}

async function* readBlocks(response: IncomingMessage): AsyncGenerator<SseBlock> {
  let rest = '';
  for await (const chunk of response as AsyncIterable<string>) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) if (block.trim() !== '') yield parse(block);
  }
}

function parse(block: string): SseBlock {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n').filter((candidate) => candidate !== '')) {
    const colon = line.indexOf(':');
    const name = colon === 0 ? 'comment' : line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
  }
  return fields;
}
