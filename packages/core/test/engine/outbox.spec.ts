import { jest } from '@jest/globals';
import type { SagaMessage } from '@nest-saga/core/engine';
import { emits, FakeSink, scriptedSaga, ScriptedStep, SimulatedCluster, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

/** Three steps that each emit their name, as do their compensations. */
function order(last: ScriptedStepOptions = {}) {
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve', { act: [emits('reserved')], compensate: [emits('put back')] }),
    new ScriptedStep('charge', { act: [emits('charged')], compensate: [emits('refunded')] }),
    new ScriptedStep('ship', { act: [emits('shipped')], ...last }),
  ]);
  return new SimulatedCluster([saga]);
}

const trace = { traceparent: '00-1-2-01', tracestate: 'a=b' };
const withSink = (sink: FakeSink, given: { readonly onPoison?: 'hold' | 'skip' } = {}) => ({
  events: { sinks: [sink], ...given },
});
const dataOf = ({ body }: SagaMessage): unknown => (JSON.parse(body) as { readonly data: unknown }).data;
const idsOf = (sagaId: string, ...seqs: readonly number[]): readonly string[] =>
  seqs.map((seq) => `${sagaId}:${seq}:0`);
const left = async (cluster: SimulatedCluster): Promise<readonly number[]> =>
  (await cluster.memory.outbox.list({ limit: 100 })).messages.map(({ seq }) => seq);

describe('a message', () => {
  it('is a CloudEvent with a stable id, the saga as its subject, and the trace of the start', async () => {
    const cluster = order();
    const sink = new FakeSink();
    const process = await cluster.startProcess({
      ...withSink(sink),
      startInterceptor: { interceptStart: (_start, call) => call(trace) },
    });
    const { sagaId } = await process.start({}, { key: 'K-1' });
    await cluster.advance(0);
    const [first] = sink.messages;
    expect(first).toMatchObject({ trace, id: `${sagaId}:1:0`, sagaId, saga: 'order', seq: 1, index: 0 });
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      specversion: '1.0',
      id: `${sagaId}:1:0`,
      source: '/nest-saga/order',
      type: 'order.reserve',
      subject: sagaId,
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      sagakey: 'K-1',
      sagastep: 'reserve',
      sagaversion: 1,
      ...trace,
      data: 'reserved',
    });
  });

  it('is published in the order of the journal, by the writer and without a read, and its pointer is deleted', async () => {
    const cluster = order();
    const sink = new FakeSink();
    const taken = jest.spyOn(cluster.memory.outbox, 'take');
    const process = await cluster.startProcess(withSink(sink));
    const before = taken.mock.calls.length;
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(sink.ids).toEqual(idsOf(sagaId, 1, 2, 3));
    expect(taken.mock.calls.length).toBe(before);
    expect(await left(cluster)).toEqual([]);
  });

  it('costs no further entry if no handler of this process takes the events', async () => {
    const cluster = order();
    const process = await cluster.startProcess(withSink(new FakeSink()));
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toHaveLength(3);
    expect((await cluster.memory.find(sagaId))?.status).toBe('completed');
  });

  it('of an undo is published too', async () => {
    const cluster = order({ act: [throws(new Error('no truck'))] });
    const sink = new FakeSink();
    const process = await cluster.startProcess(withSink(sink));
    await process.start();
    await cluster.advance(0);
    expect(sink.messages.map(dataOf)).toEqual(['reserved', 'charged', 'refunded', 'put back']);
  });

  it('of one entry with several events is published after the event before it is acknowledged', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', {
        act: [(_context, run) => ['one', 'two', 'three'].forEach((event) => run.emit(event))],
      }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const sink = new FakeSink();
    const refused = new Set(['two']);
    sink.refuse = (message) => (refused.delete(String(dataOf(message))) ? new Error('not now') : undefined);
    const process = await cluster.startProcess(withSink(sink));
    await process.start();
    await cluster.advance(0);
    expect(sink.messages.map(dataOf)).toEqual(['one']);
    await cluster.advance(5_000);
    expect(sink.messages.map(dataOf)).toEqual(['one', 'one', 'two', 'three']);
  });
});

describe('a broker that cannot be reached', () => {
  it('stops no saga; its messages come later, in order, and none counts as refused', async () => {
    const cluster = order();
    const sink = new FakeSink();
    sink.isDown = true;
    const process = await cluster.startProcess(withSink(sink));
    const { sagaId } = await process.start();
    await cluster.advance(3_600_000);
    expect((await cluster.memory.find(sagaId))?.status).toBe('completed');
    expect((await cluster.memory.outbox.list({ limit: 10 })).messages).toMatchObject([
      { seq: 1, attempts: 0, parked: false },
      { seq: 2, attempts: 0, parked: false },
      { seq: 3, attempts: 0, parked: false },
    ]);
    expect(process.listener.ofWorkerType('sink-failed').length).toBeGreaterThan(10);
    sink.isDown = false;
    await cluster.advance(120_000);
    expect(sink.ids).toEqual(idsOf(sagaId, 1, 2, 3));
    expect(await left(cluster)).toEqual([]);
  });

  it('delays no message of another sink', async () => {
    const cluster = order();
    const [down, up] = [new FakeSink('down'), new FakeSink('up')];
    down.isDown = true;
    const process = await cluster.startProcess({ events: { sinks: [down, up] } });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(up.ids).toEqual(idsOf(sagaId, 1, 2, 3));
  });
});

describe('a message that its sink refuses', () => {
  const poison = (sink: FakeSink, sagaId: () => string): void => {
    sink.refuse = (message) =>
      message.sagaId === sagaId() && message.seq === 1 ? new Error('too large') : undefined;
  };

  it('waits for a person after 20 attempts, and holds the later ones of its saga only', async () => {
    const cluster = order();
    const sink = new FakeSink();
    let bad = '';
    poison(sink, () => bad);
    const process = await cluster.startProcess(withSink(sink));
    bad = process.ids.nextId();
    await process.start({}, { sagaId: bad });
    const { sagaId } = await process.start();
    await cluster.advance(3_600_000);
    expect(sink.asked.filter((message) => message.sagaId === bad)).toHaveLength(20);
    expect(sink.ids).toEqual(idsOf(sagaId, 1, 2, 3));
    const { messages } = await process.engine.outgoing.list({ parked: true, limit: 10 });
    expect(messages).toMatchObject([{ sagaId: bad, seq: 1, attempts: 20, parked: true }]);
    expect(process.listener.ofWorkerType('message-failed').at(-1)).toMatchObject({
      attempts: 20,
      parked: true,
    });

    sink.refuse = () => undefined;
    await process.engine.outgoing.redeliver(messages[0] ?? neverMessage, {
      actor: 'ada',
      note: 'limit raised',
    });
    await cluster.advance(5_000);
    expect(sink.ids.slice(3)).toEqual(idsOf(bad, 1, 2, 3));
  });

  it('lets the later ones pass with onPoison: skip', async () => {
    const cluster = order();
    const sink = new FakeSink();
    let bad = '';
    poison(sink, () => bad);
    const process = await cluster.startProcess(withSink(sink, { onPoison: 'skip' }));
    bad = process.ids.nextId();
    await process.start({}, { sagaId: bad });
    await cluster.advance(3_600_000);
    expect(sink.ids).toEqual(idsOf(bad, 2, 3));
    expect(await left(cluster)).toEqual([1]);
  });

  it('is lost if a person discards it, and the later ones are delivered', async () => {
    const cluster = order();
    const sink = new FakeSink();
    let bad = '';
    poison(sink, () => bad);
    const process = await cluster.startProcess(withSink(sink));
    bad = process.ids.nextId();
    await process.start({}, { sagaId: bad });
    await cluster.advance(3_600_000);
    const message = { sagaId: bad, seq: 1, sink: 'broker' };
    await process.engine.outgoing.discard(message, { actor: 'ada', note: undefined });
    await cluster.advance(5_000);
    expect(sink.ids).toEqual(idsOf(bad, 2, 3));
    expect(cluster.memory.outbox.audit).toMatchObject([{ ...message, actor: 'ada', action: 'discard' }]);
    await expect(
      process.engine.outgoing.discard(message, { actor: 'ada', note: undefined }),
    ).rejects.toMatchObject({ code: 'SAGA_MESSAGE_NOT_FOUND' });
  });
});

const never = new Promise<void>(() => undefined);
const neverMessage = { sagaId: '', seq: 0, sink: '' };

describe('a process that dies', () => {
  it('after an entry, before its message is acknowledged: another relay delivers it with the same id', async () => {
    const cluster = order();
    const [dying, living] = [new FakeSink(), new FakeSink()];
    dying.beforeAnswer = () => never;
    const first = await cluster.startProcess(withSink(dying));
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect(dying.ids).toEqual(idsOf(sagaId, 1));
    first.kill();
    await cluster.startProcess(withSink(living));
    await cluster.advance(120_000);
    expect(living.ids).toEqual(idsOf(sagaId, 1, 2, 3));
    expect(await left(cluster)).toEqual([]);
  });

  it('after the acknowledgement, before the pointer is deleted: the message is repeated with the same id', async () => {
    const cluster = order();
    const [dying, living] = [new FakeSink(), new FakeSink()];
    const first = cluster.createProcess(withSink(dying));
    dying.beforeAnswer = async () => first.kill();
    await first.engine.open();
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect(dying.ids).toEqual(idsOf(sagaId, 1));
    await cluster.startProcess(withSink(living));
    await cluster.advance(120_000);
    // The saga continued after a claim, which is the second entry.
    expect(living.ids).toEqual(idsOf(sagaId, 1, 3, 4));
  });
});

describe('several relays', () => {
  it('deliver what a paused one left, in order; the paused one deletes nothing that is not acknowledged', async () => {
    const cluster = order();
    const [slow, second, third] = [new FakeSink(), new FakeSink(), new FakeSink()];
    slow.beforeAnswer = () => never;
    const paused = await cluster.startProcess(withSink(slow));
    const { sagaId } = await paused.start();
    await cluster.advance(0);
    paused.pause();
    await cluster.startProcess(withSink(second));
    await cluster.startProcess(withSink(third));
    await cluster.advance(120_000);
    const all = [...second.messages, ...third.messages].toSorted((one, other) => one.seq - other.seq);
    expect(all.map(({ id }) => id)).toEqual(idsOf(sagaId, 1, 2, 3));
    paused.resume();
    await cluster.advance(120_000);
    expect(await left(cluster)).toEqual([]);
    const repeated = slow.ids.filter((id) => id !== `${sagaId}:1:0`);
    expect(repeated).toEqual([]);
  });
});

describe('an orderly shutdown', () => {
  it('delivers what is leased, and closes the sinks', async () => {
    const cluster = order();
    const sink = new FakeSink();
    const close = jest.fn(() => Promise.resolve());
    const process = await cluster.startProcess({ events: { sinks: [Object.assign(sink, { close })] } });
    const { sagaId } = await process.start();
    await cluster.resolve(process.engine.close());
    expect(close).toHaveBeenCalledTimes(1);
    expect([...sink.ids, ...(await left(cluster)).map((seq) => `${sagaId}:${seq}:0`)].length).toBeGreaterThan(
      0,
    );
  });
});
