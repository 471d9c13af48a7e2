import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import {
  approval,
  InMemorySagaStorage,
  minutes,
  Saga,
  SagaOperator,
  sagaSignal,
  SagaStep,
  SystemClock,
  waitFor,
} from '../../src/index.js';
import type { SagaStepHandler } from '../../src/index.js';
import { closeSseApps, openSseApp } from './sse-app.js';
import type { SseApp } from './sse-app.js';
import { connectSse } from './sse-client.js';
import type { SseBlock } from './sse-client.js';

class ParcelContext {
  constructor(readonly to: string) {}
}

const paid = sagaSignal('parcel.paid');

@SagaStep('pack')
class PackStep implements SagaStepHandler<ParcelContext> {
  act(): void {}
  compensate(): void {}
}

@SagaStep('send')
class SendStep implements SagaStepHandler<ParcelContext> {
  act(): void {}
  compensate(): void {}
}

@Saga(ParcelContext, {
  name: 'parcel',
  steps: [
    PackStep,
    waitFor('payment', [paid], { timeoutMs: minutes(30) }),
    approval('abroad', { title: ({ to }) => `Send to ${to}` }),
    SendStep,
  ],
})
class ParcelSaga {}

const providers = [ParcelSaga, PackStep, SendStep];

describe('a stream of server-sent events of a saga that waits', () => {
  afterEach(closeSseApps);

  it('says what it waits for and until when, under the id of the result before it', async () => {
    const app = await openSseApp(providers);
    const { sagaId } = await app.sagas.start(new ParcelContext('Oslo'));
    const events = await answerEachWait(app, sagaId);
    expect(events.map(summary)).toEqual([
      '0 started',
      '1 step',
      '1 waiting',
      expect.stringMatching(/^1 waiting$/),
      expect.stringMatching(/^\d+ step$/),
      expect.stringMatching(/^\d+ completed$/),
    ]);
    const [payment, abroad] = events.filter(({ event }) => event === 'waiting').map(dataOf);
    const { until, ...rest } = payment ?? {};
    expect(rest).toEqual({ sagaId, stage: 'payment', for: 'signal', names: ['parcel.paid'] });
    const leftMs = new Date(String(until)).getTime() - Date.now();
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(minutes(30));
    expect(abroad).toEqual({ sagaId, stage: 'abroad', for: 'approval', names: [], title: 'Send to Oslo' });
    expect(dataOf(events.at(-2))).toMatchObject({ step: 'send', position: 4, total: 4 });
  });

  it('says it again to a client that comes back while it waits, to another process', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const module = { storage, watchIntervalMs: 5 };
    const one = await openSseApp(providers, { module });
    const two = await openSseApp(providers, { module: { ...module, worker: false } });
    const { sagaId } = await one.sagas.start(new ParcelContext('Oslo'));
    const first = await readUntil(one, sagaId, 'waiting');
    const again = await readUntil(two, sagaId, 'waiting', first.at(-1)?.id);
    expect(first.map(summary)).toEqual(['0 started', '1 step', '1 waiting']);
    expect(again.map(summary)).toEqual(['1 started', '1 waiting']);
    expect(dataOf(again.at(-1))).toEqual(dataOf(first.at(-1)));
  });

  it('gives a client that is cut at every event each result once and in order', async () => {
    const app = await openSseApp(providers);
    const { sagaId } = await app.sagas.start(new ParcelContext('Oslo'));
    const seen: string[] = [];
    const answered = new Set<unknown>();
    let lastEventId: string | undefined;
    for (let connections = 0; seen.at(-1) !== 'completed' && connections < 500; connections++) {
      const connection = await connectSse(app.url(sagaId), lastEventId);
      for await (const block of connection) {
        if (block.data === undefined || block.event === 'started') continue;
        lastEventId = block.id ?? lastEventId;
        seen.push(block.event === 'step' ? String(dataOf(block)['step']) : (block.event ?? ''));
        const { stage } = dataOf(block);
        // A wait is announced at each connection, until its end is recorded.
        if (block.event === 'waiting' && !answered.has(stage)) await answer(app, sagaId, block);
        answered.add(stage);
        break;
      }
      connection.cut();
    }
    expect(seen.filter((event) => event !== 'waiting')).toEqual(['pack', 'send', 'completed']);
  });

  it('is the stream of results that it was for those who subscribe to it', async () => {
    const app = await openSseApp(providers);
    const stream = app.sagas.stream(new ParcelContext('Oslo'));
    const results = firstValueFrom(stream.pipe(toArray()));
    const { sagaId } = await stream.started();
    await answerEachWait(app, sagaId);
    expect((await results).map(({ step }) => step)).toEqual(['pack', 'send']);
    const frames = await firstValueFrom(stream.frames$.pipe(toArray()));
    expect(frames.map(({ type }) => type)).toEqual(['started', 'step', 'step']);
  });
});

describe('sagas.find() and list()', () => {
  afterEach(closeSseApps);

  it('say what a saga waits for', async () => {
    const app = await openSseApp(providers);
    const { sagaId } = await app.sagas.start(new ParcelContext('Oslo'));
    await readUntil(app, sagaId, 'waiting');
    const waiting = { stage: 'payment', for: 'signal', names: ['parcel.paid'], until: expect.any(Date) };
    expect((await app.sagas.find(sagaId))?.waiting).toEqual(waiting);
    const { sagas } = await app.app.get(SagaOperator).list({ saga: 'parcel' });
    expect(sagas.map((saga) => saga.waiting)).toEqual([waiting]);
  });
});

function summary({ id, event }: SseBlock): string {
  return `${id} ${event}`;
}

function dataOf(block: SseBlock | undefined): Record<string, unknown> {
  return JSON.parse(block?.data ?? '{}') as Record<string, unknown>;
}

/** Follows a saga to its end, and gives it what it waits for. */
async function answerEachWait(app: SseApp, sagaId: string): Promise<readonly SseBlock[]> {
  const events: SseBlock[] = [];
  for await (const block of await connectSse(app.url(sagaId))) {
    if (block.data === undefined) continue;
    events.push(block);
    if (block.event === 'waiting') await answer(app, sagaId, block);
  }
  return events;
}

async function answer({ app, sagas }: SseApp, sagaId: string, block: SseBlock): Promise<void> {
  if (dataOf(block)['for'] === 'signal') return sagas.signal(sagaId, paid);
  await app.get(SagaOperator).decide(sagaId, 'abroad', { decision: 'approved', actor: 'ada' });
}

async function readUntil(
  app: SseApp,
  sagaId: string,
  event: string,
  lastEventId?: string,
): Promise<readonly SseBlock[]> {
  const events: SseBlock[] = [];
  const connection = await connectSse(app.url(sagaId), lastEventId);
  for await (const block of connection) {
    if (block.data === undefined) continue;
    events.push(block);
    if (block.event === event) break;
  }
  connection.cut();
  return events;
}
