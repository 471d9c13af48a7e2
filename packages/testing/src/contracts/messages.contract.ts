/// <reference types="jest" />
import type { AppendRequest, EntryDraft } from '@nest-saga/core';
import type { MessageRequest, SagaMessage } from '@nest-saga/core/storage-kit';
import { changeTo, entryOf } from './header-changes.js';
import { parsed, sampleEntries } from './sample-entries.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

const signal: EntryDraft = { kind: 'signal-received', name: 'delivered', payload: '{"at":"the door"}' };
const longLeaseMs = 600_000;

/** The promises of messages to other sagas. */
export function describeMessages(world: StorageWorld): void {
  const messageWith = (entry: EntryDraft, sagaId = world.newId()): SagaMessage => ({
    id: world.newId(),
    sagaId,
    entry,
  });
  const told: string[] = [];
  const telling = async (tell: SagaMessage): Promise<AppendRequest> => {
    told.push(tell.id);
    return { ...cancelAt((await world.start()).sagaId, 1), tell };
  };
  const take = (given: Partial<MessageRequest> = {}): Promise<readonly SagaMessage[]> =>
    world.storage.takeMessages({ limit: 1_000, leaseMs: longLeaseMs, ...given });
  /** Stores messages, one after another. */
  const tell = async (...messages: readonly SagaMessage[]): Promise<void> => {
    for (const message of messages) {
      await expect(world.storage.append(await telling(message))).resolves.toBe('stored');
      await world.pass(2);
    }
  };
  const idsOf = (messages: readonly SagaMessage[]): readonly string[] => messages.map(({ id }) => id);

  /** Each test begins without messages. */
  const test = (title: string, body: () => Promise<void>): void =>
    it(title, async () => {
      await world.storage.removeMessages(told.splice(0));
      await body();
    });

  test('answers that there are none', async () => {
    await expect(take()).resolves.toEqual([]);
  });

  it.each(Object.entries(sampleEntries))('returns a message as it was stored: %s', async (_name, entry) => {
    const message = messageWith(entry);
    await tell(message);
    const [taken, ...others] = await world.another.takeMessages({ limit: 10, leaseMs: longLeaseMs });
    expect(others).toEqual([]);
    if (taken === undefined) throw new Error('the message is not stored');
    const { entry: told, ...envelope } = taken;
    expect(envelope).toEqual({ id: message.id, sagaId: message.sagaId });
    expect(parsed(told as never)).toEqual(parsed(entry as never));
    await world.storage.removeMessages([message.id]);
  });

  test('stores a message together with an entry that changes the header', async () => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    const message = messageWith(signal);
    told.push(message.id);
    const entry = entryOf.actCompleted;
    const request = { sagaId, seq: 1, worker: owner, entry, change: changeTo.completed(), tell: message };
    await expect(world.storage.append(request)).resolves.toBe('stored');
    expect((await world.header(sagaId)).status).toBe('completed');
    expect(idsOf(await take())).toEqual([message.id]);
  });

  test('stores no message with an entry that is fenced', async () => {
    const request = await telling(messageWith(signal));
    await expect(world.storage.append({ ...request, seq: 2 })).resolves.toBe('fenced');
    await expect(world.storage.append({ ...request, sagaId: world.newId() })).resolves.toBe('fenced');
    await expect(take()).resolves.toEqual([]);
  });

  test('stores the messages of the entries that are stored, if entries with and without one are written at once', async () => {
    const stored = await Promise.all(Array.from({ length: 20 }, () => telling(messageWith(signal))));
    const late = await Promise.all(Array.from({ length: 20 }, () => telling(messageWith(signal))));
    const fenced = late.map((request) => ({ ...request, seq: 2 }));
    const plain = await Promise.all(Array.from({ length: 20 }, () => world.start()));
    const answers = await Promise.all(
      [...stored, ...fenced, ...plain.map(({ sagaId }) => cancelAt(sagaId, 1))].map((request) =>
        world.storage.append(request),
      ),
    );
    expect(answers.filter((answer) => answer === 'fenced')).toHaveLength(20);
    expect(new Set(idsOf(await take()))).toEqual(new Set(stored.flatMap(({ tell }) => tell?.id ?? [])));
  });

  test('returns the oldest first, and no more than were asked for', async () => {
    const messages = Array.from({ length: 5 }, () => messageWith(signal));
    await tell(...messages);
    expect(idsOf(await take({ limit: 3 }))).toEqual(idsOf(messages.slice(0, 3)));
    expect(idsOf(await take({ limit: 3 }))).toEqual(idsOf(messages.slice(3)));
  });

  test('returns a message to one taker until its lease is over, then again', async () => {
    const message = messageWith(signal);
    await tell(message);
    expect(idsOf(await take({ leaseMs: 50 }))).toEqual([message.id]);
    await world.pass(100);
    expect(idsOf(await world.another.takeMessages({ limit: 10, leaseMs: longLeaseMs }))).toEqual([
      message.id,
    ]);
    await expect(take()).resolves.toEqual([]);
  });

  test('divides messages among takers at one moment', async () => {
    const messages = Array.from({ length: 30 }, () => messageWith(signal));
    await tell(...messages);
    const takers = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? world.storage : world.another));
    const taken = await Promise.all(
      takers.map((storage) => storage.takeMessages({ limit: 10, leaseMs: longLeaseMs })),
    );
    const rest = await take();
    expect(idsOf([...taken.flat(), ...rest]).toSorted()).toEqual(idsOf(messages).toSorted());
  });

  test('does not return a message that was removed, and removes one that is not there without an error', async () => {
    const [one, other] = [messageWith(signal), messageWith(signal)];
    await tell(one, other);
    await world.another.removeMessages([one.id, world.newId()]);
    await world.another.removeMessages([]);
    expect(idsOf(await take())).toEqual([other.id]);
  });
}
