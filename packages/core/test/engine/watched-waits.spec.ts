import { approval, delay, hours, minutes, sagaSignal, seconds, waitFor } from '@nest-saga/core';
import type { FrameObserver } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { SimulatedProcess } from '@nest-saga/testing';

const paid = sagaSignal('paid');
const refused = sagaSignal('refused');

function order() {
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve'),
    waitFor('payment', [paid, refused], { timeoutMs: minutes(30) }),
    new ScriptedStep('ship'),
    approval<{ cents: number }>('big-refund', { title: ({ cents }) => `Refund ${cents / 100}` }),
    new ScriptedStep('pay-back'),
  ]);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

/** The frames that a client has received until now, in words. */
function watch(process: SimulatedProcess, sagaId: string, afterSeq = 0): readonly string[] {
  const frames: string[] = [];
  const observer: FrameObserver = {
    onStarted: ({ total }) => frames.push(`started, ${total} stages`),
    onWaiting: ({ stage, for: what, names, until, title }) => {
      const words = [names.join(' or '), until && `until ${until.getTime()}`, title];
      frames.push([`${what} ${stage}`, ...words.filter((word) => word)].join(', '));
    },
    onResult: ({ seq, step, action, status, position }) =>
      frames.push(`${seq} ${action} ${step} ${status}, stage ${position}`),
    onEnd: ({ status }) => frames.push(status),
    onError: (error) => frames.push(String(error)),
  };
  process.engine.reader.followFrames(sagaId, afterSeq, observer);
  return frames;
}

describe('a client that watches a saga', () => {
  it('learns what it waits for, and until when, at the moment when that begins', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const begin = cluster.clock.now();
    const { sagaId } = await process.start({ cents: 5_000 });
    const frames = watch(process, sagaId);
    await cluster.advance(0);
    const until = begin + minutes(30);
    expect(frames).toEqual([
      'started, 5 stages',
      '1 act reserve completed, stage 1',
      `signal payment, paid or refused, until ${until}`,
    ]);
    await process.engine.requests.signal(sagaId, paid);
    await cluster.advance(0);
    expect(frames.slice(3)).toEqual(['5 act ship completed, stage 3', 'approval big-refund, Refund 50']);
    await process.engine.requests.decide(sagaId, 'big-refund', { decision: 'approved', actor: 'ada' });
    await cluster.advance(0);
    expect(frames.slice(5)).toEqual(['9 act pay-back completed, stage 5', 'completed']);
  });

  it('learns in another process too, by the clock of the storage', async () => {
    const { cluster } = order();
    const [process, other] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    const until = cluster.clock.now() + minutes(30);
    const { sagaId } = await process.start({ cents: 5_000 });
    const frames = watch(other, sagaId);
    await cluster.advance(2_000);
    expect(frames.at(-1)).toBe(`signal payment, paid or refused, until ${until}`);
  });

  it('learns when it connects again while the saga waits, after the results that it missed', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({ cents: 5_000 });
    await cluster.advance(minutes(10));
    const until = cluster.clock.now() + minutes(20);
    const [late, missed] = [watch(process, sagaId, 1), watch(process, sagaId)];
    await cluster.advance(0);
    const waits = `signal payment, paid or refused, until ${until}`;
    expect(late).toEqual(['started, 5 stages', waits]);
    expect(missed).toEqual(['started, 5 stages', '1 act reserve completed, stage 1', waits]);
  });

  it('learns nothing of a wait that is over', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({ cents: 5_000 });
    await cluster.advance(0);
    await process.engine.requests.signal(sagaId, paid);
    await cluster.advance(0);
    const frames = watch(process, sagaId);
    await cluster.advance(0);
    expect(frames).toEqual([
      'started, 5 stages',
      '1 act reserve completed, stage 1',
      '5 act ship completed, stage 3',
      'approval big-refund, Refund 50',
    ]);
    await process.engine.requests.cancel(sagaId, 'over');
    await cluster.advance(0);
    expect(frames.slice(4).filter((frame) => frame.startsWith('approval'))).toEqual([]);
    const ended = watch(process, sagaId, 5);
    await cluster.advance(0);
    expect(ended.filter((frame) => /^(approval|signal)/.test(frame))).toEqual([]);
  });

  it('learns once of one wait, even if other processes claim the saga meanwhile', async () => {
    const { cluster } = order();
    const first = await cluster.startProcess();
    const { sagaId } = await first.start({ cents: 5_000 });
    await cluster.advance(0);
    const second = await cluster.startProcess();
    const frames = watch(second, sagaId);
    await first.engine.starter.recover(sagaId);
    first.kill();
    await cluster.advance(minutes(5));
    expect(frames.filter((frame) => frame.startsWith('signal'))).toHaveLength(1);
  });

  it('learns of a short wait in the memory of its owner', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), delay('pause', seconds(4))]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const until = cluster.clock.now() + seconds(4);
    const { sagaId } = await process.start();
    await cluster.advance(1_000);
    const frames = watch(process, sagaId, 1);
    await cluster.advance(0);
    expect(frames).toEqual(['started, 2 stages', `delay pause, until ${until}`]);
    expect(await process.engine.reader.find(sagaId)).toMatchObject({
      waiting: { stage: 'pause', for: 'delay', names: [], until: new Date(until) },
    });
  });

  it('learns of a saga that begins later', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const until = cluster.clock.now() + hours(1);
    const started = await process.start({ cents: 5_000 }, { delayMs: hours(1) });
    const frames = watch(process, started.sagaId);
    await cluster.advance(0);
    expect(frames).toEqual(['started, 5 stages', `delay start, until ${until}`]);
    await cluster.advance(hours(1) + 1);
    expect(frames[2]).toBe('2 act reserve completed, stage 1');
  });

  it('learns the deadline of the saga if that is earlier than the end of its wait', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const until = new Date(cluster.clock.now() + minutes(10));
    const { sagaId } = await process.start({ cents: 5_000 }, { deadlineMs: minutes(10) });
    const frames = watch(process, sagaId);
    await cluster.advance(0);
    expect(frames.at(-1)).toBe(`signal payment, paid or refused, until ${until.getTime()}`);
    expect((await process.engine.reader.find(sagaId))?.waiting).toMatchObject({ until });
    await process.engine.requests.signal(sagaId, paid);
    await cluster.advance(0);
    expect((await process.engine.reader.find(sagaId))?.waiting).toMatchObject({ stage: 'big-refund', until });
  });

  it('learns of a long wait for the next attempt, and not of a short one', async () => {
    const fails = () => {
      throw new Error('out of order');
    };
    const retry = { maximumAttempts: 3, initialIntervalMs: 100, backoffCoefficient: 600, jitter: 0 };
    const step = new ScriptedStep('charge', { retry, act: [fails, fails] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [step])]);
    const process = await cluster.startProcess();
    const begin = cluster.clock.now();
    const { sagaId } = await process.start();
    const frames = watch(process, sagaId);
    await cluster.advance(1_000);
    expect(frames).toEqual([
      'started, 1 stages',
      '1 act charge failed, stage 1',
      '2 act charge failed, stage 1',
      `retry charge, until ${begin + 100 + minutes(1)}`,
    ]);
  });

  it('costs nothing if the saga cannot wait: no read of its journal beside that of its results', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('reserve')]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    const { readOutlines } = cluster.memory;
    let reads = 0;
    cluster.memory.readOutlines = (ids) => {
      reads += 1;
      return readOutlines.call(cluster.memory, ids);
    };
    const frames = watch(process, started.sagaId);
    await cluster.advance(0);
    expect(frames).toEqual(['started, 1 stages', '1 act reserve completed, stage 1', 'completed']);
    expect(reads).toBe(0);
  });
});

describe('a saga that is found', () => {
  it('says what it waits for, until when and with which title', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const until = new Date(cluster.clock.now() + minutes(30));
    const { sagaId } = await process.start({ cents: 5_000 });
    await cluster.advance(0);
    const { reader, requests } = process.engine;
    expect((await reader.find(sagaId))?.waiting).toEqual({
      stage: 'payment',
      for: 'signal',
      names: ['paid', 'refused'],
      until,
    });
    await requests.signal(sagaId, paid);
    await cluster.advance(0);
    expect((await reader.find(sagaId))?.waiting).toEqual({
      stage: 'big-refund',
      for: 'approval',
      names: [],
      title: 'Refund 50',
    });
    await requests.decide(sagaId, 'big-refund', { decision: 'approved', actor: 'ada' });
    await cluster.advance(0);
    expect((await reader.find(sagaId))?.waiting).toBeUndefined();
  });
});
