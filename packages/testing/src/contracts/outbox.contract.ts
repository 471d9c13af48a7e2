/// <reference types="jest" />
import type { NewSaga } from '@nest-saga/core';
import type { NewPointer, OutboxPosition, SagaOutbox, TakenMessage } from '@nest-saga/core/storage-kit';
import { changeTo, changing, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';

const leaseMs = 60_000;
const by = { actor: 'ada', note: 'the broker is up again' };

/** The promises of a storage with a place for messages that are still to be delivered. */
export function describeOutbox(world: StorageWorld): void {
  let sinks = 0;
  /** A sink that other tests of the group do not use. */
  const newSink = (): string => `sink-${++sinks}`;
  const outboxOf = (storage = world.storage): SagaOutbox => {
    if (storage.outbox === undefined) throw new Error('the storage has no outbox');
    return storage.outbox;
  };
  const take = (
    sink: string,
    given: Partial<Parameters<SagaOutbox['take']>[0]> = {},
    outbox = outboxOf(),
  ): Promise<readonly TakenMessage[]> =>
    outbox.take({ relay: 'relay-1', sinks: [sink], skipsParked: false, limit: 100, leaseMs, ...given });
  const seqs = (messages: readonly OutboxPosition[]): readonly number[] => messages.map(({ seq }) => seq);
  const positionOf = ({ sagaId, seq, sink }: OutboxPosition): OutboxPosition => ({ sagaId, seq, sink });
  const append = (saga: NewSaga, seq: number, pointers: readonly NewPointer[]) =>
    world.storage.append({
      sagaId: saga.sagaId,
      seq,
      worker: saga.owner,
      entry: { ...entryOf.actCompleted, events: `[{"event":${seq}}]` },
      pointers,
    });
  const startWith = async (entries: number, ...sinksOfEach: readonly string[]): Promise<NewSaga> => {
    const saga = await world.start({ owner: world.newId() });
    for (let seq = 1; seq <= entries; seq++)
      await append(
        saga,
        seq,
        sinksOfEach.map((sink) => ({ sink })),
      );
    return saga;
  };

  it('stores a message with its entry, and gives it with its header and its events', async () => {
    const sink = newSink();
    const saga = await startWith(1, sink);
    const [message, ...others] = await take(sink);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ sagaId: saga.sagaId, seq: 1, sink, attempts: 0 });
    expect(message?.header).toEqual(await world.heading(saga.sagaId));
    expect(message?.entry).toMatchObject({ kind: 'act-completed', seq: 1, events: '[{"event":1}]' });
  });

  it('stores no message of an entry that is fenced', async () => {
    const sink = newSink();
    const saga = await startWith(1, sink);
    expect(await append(saga, 1, [{ sink: `${sink}-late` }])).toBe('fenced');
    expect(await take(`${sink}-late`)).toEqual([]);
  });

  it('stores messages for several sinks with the entry that ends a saga', async () => {
    const sink = newSink();
    const saga = await world.start({ owner: world.newId() });
    const request = { sagaId: saga.sagaId, seq: 1, worker: saga.owner, entry: entryOf.actCompleted };
    const pointers = [{ sink: `${sink}-a` }, { sink: `${sink}-b` }];
    expect(await world.storage.append({ ...changing(request, changeTo.completed()), pointers })).toBe(
      'stored',
    );
    expect(await world.header(saga.sagaId)).toMatchObject({ status: 'completed' });
    expect(await take(sink, { sinks: [`${sink}-a`, `${sink}-b`] })).toHaveLength(2);
  });

  it('gives only the first message of each saga and sink', async () => {
    const [one, other] = [newSink(), newSink()];
    const saga = await startWith(3, one, other);
    expect(seqs(await take(one))).toEqual([1]);
    expect(await take(one)).toEqual([]);
    await outboxOf().remove([{ sagaId: saga.sagaId, seq: 1, sink: one }]);
    expect(seqs(await take(one))).toEqual([2]);
    expect(seqs(await take(other))).toEqual([1]);
  });

  it('gives a message to one relay at a time, and to another one when the lease is over', async () => {
    const sink = newSink();
    await startWith(1, sink);
    expect(await take(sink, { leaseMs: 40 })).toHaveLength(1);
    expect(await take(sink, { relay: 'relay-2' }, outboxOf(world.another))).toEqual([]);
    await world.until('the lease is over', async () => (await take(sink, { relay: 'relay-2' })).length > 0);
  });

  it('gives each message to one of several relays that take at once', async () => {
    const sink = newSink();
    const sagas = await Promise.all(Array.from({ length: 20 }, () => startWith(1, sink)));
    const takes = await Promise.all(
      Array.from({ length: 8 }, (_none, relay) =>
        take(
          sink,
          { relay: `relay-${relay}`, limit: 5 },
          outboxOf(relay % 2 === 0 ? undefined : world.another),
        ),
      ),
    );
    const taken = [...takes.flat(), ...(await take(sink))].map(({ sagaId }) => sagaId);
    expect(taken.toSorted()).toEqual(sagas.map(({ sagaId }) => sagaId).toSorted());
  });

  it('leaves a message to the process that has leased it with its entry', async () => {
    const sink = newSink();
    const saga = await world.start({ owner: world.newId() });
    await append(saga, 1, [{ sink, lease: { relay: 'writer', durationMs: 40 } }]);
    await append(saga, 2, [{ sink }]);
    expect(await take(sink)).toEqual([]);
    await world.until('the lease is over', async () => seqs(await take(sink)).includes(1));
  });

  it('gives only messages of the sagas that are asked for', async () => {
    const sink = newSink();
    const saga = await startWith(1, sink);
    expect(await take(sink, { sagas: ['another'] })).toEqual([]);
    expect(await take(sink, { sagas: ['another', saga.saga] })).toHaveLength(1);
  });

  it('returns a message that could not be delivered, with the failed attempts', async () => {
    const sink = newSink();
    await startWith(1, sink);
    const [message] = await take(sink);
    if (message === undefined) throw new Error('there is no message');
    const again = { ...positionOf(message), relay: 'relay-1', delayMs: 0, parked: false };
    await outboxOf().postpone([{ ...again, isFailure: true }]);
    expect(await take(sink)).toMatchObject([{ attempts: 1 }]);
    await outboxOf().postpone([{ ...again, isFailure: false }]);
    expect(await take(sink)).toMatchObject([{ attempts: 1 }]);
    await outboxOf().postpone([{ ...again, isFailure: false, delayMs: 600_000 }]);
    expect(await take(sink)).toEqual([]);
  });

  it('ignores a relay whose lease another one has', async () => {
    const sink = newSink();
    await startWith(1, sink);
    const [message] = await take(sink, { relay: 'relay-2' });
    if (message === undefined) throw new Error('there is no message');
    await outboxOf().postpone([
      { ...positionOf(message), relay: 'relay-1', isFailure: true, delayMs: 0, parked: true },
    ]);
    expect(await take(sink)).toEqual([]);
    expect((await outboxOf().list({ sink, limit: 10 })).messages).toMatchObject([
      { attempts: 0, parked: false },
    ]);
  });

  describe('with a parked message', () => {
    const park = async (): Promise<OutboxPosition> => {
      const sink = newSink();
      await startWith(3, sink);
      const [message] = await take(sink);
      if (message === undefined) throw new Error('there is no message');
      const position = positionOf(message);
      await outboxOf().postpone([
        { ...position, relay: 'relay-1', isFailure: true, delayMs: 0, parked: true },
      ]);
      return position;
    };

    it('holds the later messages of its saga and sink, or lets them pass, as the relay asks', async () => {
      const { sink } = await park();
      expect(await take(sink)).toEqual([]);
      expect(seqs(await take(sink, { skipsParked: true }))).toEqual([2]);
    });

    it('holds no message of another saga', async () => {
      const { sink } = await park();
      const other = await startWith(1, sink);
      expect(await take(sink)).toMatchObject([{ sagaId: other.sagaId }]);
    });

    it('lists it, and delivers it again when a person asks for it', async () => {
      const position = await park();
      const { sink } = position;
      const { messages } = await outboxOf().list({ parked: true, sink, limit: 10 });
      expect(messages).toMatchObject([{ ...position, attempts: 1, parked: true }]);
      expect(seqs((await outboxOf().list({ parked: false, sink, limit: 10 })).messages)).toEqual([2, 3]);
      expect(await outboxOf().redeliver(position, by)).toBe(true);
      expect(await take(sink)).toMatchObject([{ seq: 1, attempts: 0 }]);
    });

    it('deletes it when a person discards it, and gives the next one', async () => {
      const position = await park();
      expect(await outboxOf().discard(position, by)).toBe(true);
      expect(await outboxOf().discard(position, by)).toBe(false);
      expect(await outboxOf().redeliver(position, by)).toBe(false);
      expect(seqs(await take(position.sink))).toEqual([2]);
    });

    it('counts it apart', async () => {
      const { sink } = await park();
      await world.pass(20);
      const summary = (await outboxOf().summarize()).find((one) => one.sink === sink);
      expect(summary).toMatchObject({ undelivered: 2, parked: 1 });
      expect(summary?.lagMs).toBeGreaterThanOrEqual(10);
    });
  });

  it('lists a page at a time, without a gap and without repeating a message', async () => {
    const sink = newSink();
    await startWith(2, sink);
    await startWith(3, sink);
    const whole = (await outboxOf().list({ sink, limit: 1_000 })).messages.map(positionOf);
    expect(whole).toHaveLength(5);
    const found: OutboxPosition[] = [];
    let cursor: string | undefined;
    do {
      const page = await outboxOf().list({ sink, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.messages.map(positionOf));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(found).toEqual(whole);
  });

  it('lists the messages of one saga', async () => {
    const sink = newSink();
    await startWith(1, sink);
    const { sagaId } = await startWith(2, sink);
    expect(seqs((await outboxOf().list({ sagaId, limit: 10 })).messages)).toEqual([1, 2]);
  });

  it.each(['', 'x~1~y', '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41~0~y'])(
    'refuses the cursor %p, which no page gave',
    async (cursor) => {
      await expect(outboxOf().list({ cursor, limit: 10 })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'cursor',
      });
    },
  );

  it('keeps subscribers until they are forgotten, with their messages', async () => {
    const name = newSink();
    const completed = { name, saga: 'order', ending: 'completed' } as const;
    await outboxOf().subscribe([{ ...completed, ending: 'failed' }]);
    await outboxOf().subscribe([completed, { name: `${name}-all`, saga: undefined, ending: 'stuck' }]);
    const mine = (await outboxOf().listSubscribers()).filter((one) => one.name.startsWith(name));
    expect(mine).toMatchObject([completed, { name: `${name}-all`, saga: undefined, ending: 'stuck' }]);
    expect(mine[0]?.seenAt).toBeInstanceOf(Date);

    await startWith(1, `on:${name}`);
    expect(await outboxOf().forgetSubscriber(name)).toBe(true);
    expect(await outboxOf().forgetSubscriber(name)).toBe(false);
    expect(await take(`on:${name}`)).toEqual([]);
    expect((await outboxOf().listSubscribers()).map((one) => one.name)).not.toContain(name);
  });
}
