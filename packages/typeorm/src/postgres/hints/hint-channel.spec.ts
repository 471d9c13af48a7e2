import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import type { StorageHint } from '@nest-saga/core';
import type { ClientQuery, PostgresClient } from '../postgres-client.js';
import { HintChannel } from './hint-channel.js';

/** A client whose connection answers everything, or nothing any more. */
class FakeClient extends EventEmitter {
  readonly processID = 1;
  readonly sent: string[] = [];
  isSilent = false;
  private readonly unanswered = new Set<(error: Error) => void>();

  connect(): Promise<void> {
    return this.answer();
  }

  async query({ text, values }: ClientQuery): Promise<{ rows: never[] }> {
    this.sent.push(text.startsWith('LISTEN') ? 'LISTEN' : String(values[1]));
    await this.answer();
    return { rows: [] };
  }

  end(): Promise<void> {
    for (const reject of this.unanswered) reject(new Error('Connection terminated'));
    this.unanswered.clear();
    this.emit('end');
    return Promise.resolve();
  }

  private answer(): Promise<void> {
    if (!this.isSilent) return Promise.resolve();
    return new Promise((_, reject) => this.unanswered.add(reject));
  }
}

describe('HintChannel', () => {
  let clients: FakeClient[];
  let troubles: unknown[];
  let isAway: boolean;
  let channel: HintChannel;
  let hints: StorageHint[];

  beforeEach(async () => {
    jest.useFakeTimers();
    [clients, troubles, isAway, hints] = [[], [], false, []];
    channel = new HintChannel(
      'saga',
      () => {
        const client = new FakeClient();
        client.isSilent = isAway;
        clients.push(client);
        // A server that is away ends what it is asked after a while.
        if (isAway) setTimeout(() => void client.end(), 100);
        return client as unknown as PostgresClient;
      },
      (error) => troubles.push(error),
      (work) => work(),
    );
    channel.subscribe((hint) => hints.push(hint));
    channel.open();
    await jest.advanceTimersByTimeAsync(0);
  });
  afterEach(async () => {
    await channel.close();
    jest.useRealTimers();
  });

  const last = (): FakeClient => clients.at(-1) ?? new FakeClient();

  it('listens once it was answered, and does not once it is closed', async () => {
    expect(channel.isListening).toBe(true);
    expect(last().sent).toEqual(['LISTEN', 'hello']);
    expect(hints).toEqual([{ kind: 'work' }]);
    await channel.close();
    expect(channel.isListening).toBe(false);
    expect(troubles).toEqual([]);
  });

  it('makes a new connection if a hint was not answered, sends it there, and looks for work', async () => {
    last().isSilent = true;
    channel.work();
    await jest.advanceTimersByTimeAsync(1_500);
    expect(clients).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(clients).toHaveLength(2);
    expect(last().sent).toEqual(['LISTEN', 'hello,work']);
    expect(hints).toHaveLength(2);
    expect(troubles).toHaveLength(1);
    channel.work();
    await jest.advanceTimersByTimeAsync(0);
    expect(last().sent.at(-1)).toBe('work');
  });

  it.each(['error', 'end'])('makes a new connection where the old one says "%s"', async (event) => {
    last().emit(event, new Error('gone'));
    expect(channel.isListening).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    expect(channel.isListening).toBe(true);
    expect(clients).toHaveLength(2);
    expect(troubles).toHaveLength(1);
  });

  it('reports an outage once however long it lasts, and is back within five seconds of its end', async () => {
    isAway = true;
    last().emit('end');
    await jest.advanceTimersByTimeAsync(600_000);
    expect(troubles).toHaveLength(1);
    channel.work();
    isAway = false;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(channel.isListening).toBe(true);
    expect(last().sent).toEqual(['LISTEN', 'hello,work']);
    last().emit('end');
    expect(troubles).toHaveLength(2);
  });

  it('grows slower if it may listen but not notify', async () => {
    const query = jest.spyOn(FakeClient.prototype, 'query');
    query.mockImplementation(({ text }) =>
      text.startsWith('LISTEN') ? Promise.resolve({ rows: [] }) : Promise.reject(new Error('refused')),
    );
    last().emit('end');
    await jest.advanceTimersByTimeAsync(60_000);
    query.mockRestore();
    expect(clients.length).toBeLessThan(30);
  });
});
