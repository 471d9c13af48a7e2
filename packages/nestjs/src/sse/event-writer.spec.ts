import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MessageEvent } from '@nestjs/common';
import { Subscriber } from 'rxjs';
import { EventWriter } from './event-writer.js';

class FakeResponse extends EventEmitter {
  writableNeedDrain = false;
  writableFinished = false;
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }

  drain(): void {
    this.writableNeedDrain = false;
    this.emit('drain');
  }
}

describe('EventWriter', () => {
  let response: FakeResponse;
  let written: string[];
  let ends: number;
  let writer: EventWriter;

  beforeEach(() => {
    response = new FakeResponse();
    written = [];
    ends = 0;
    writer = make(response);
  });

  afterEach(() => {
    writer.close();
    jest.useRealTimers();
  });

  function make(to: FakeResponse | undefined, closeGraceMs = 60_000): EventWriter {
    const subscriber = new Subscriber<MessageEvent>({
      next: ({ id, type }) => written.push(`${id} ${type}`),
      error: () => undefined,
      complete: () => {
        ends += 1;
      },
    });
    const limits = { maximumWaitingEvents: 2, closeGraceMs };
    return new EventWriter(subscriber, to, limits, '0', () => writer.drop({ type: 'interrupted' }));
  }

  const step = (seq: number): MessageEvent => ({ type: 'step', id: String(seq) });

  it('hands an event on at once while the response has room', () => {
    writer.write(step(1));
    expect(written).toEqual(['1 step']);
    expect(writer.isIdle).toBe(true);
  });

  it('gives an event without an id the one of the event before it', () => {
    writer.write({ type: 'first' });
    writer.write(step(5));
    writer.write({ type: 'later' });
    expect(written).toEqual(['0 first', '5 step', '5 later']);
  });

  it('holds events back while the response is full, and hands them on in order once it has drained', async () => {
    response.writableNeedDrain = true;
    writer.write(step(1));
    writer.write(step(2));
    expect(written).toEqual([]);
    response.drain();
    await nextTurn();
    expect(written).toEqual(['1 step', '2 step']);
    expect(response.listenerCount('drain')).toBe(0);
  });

  it('hands nothing on after a drain where what Nest still held has filled the response again', async () => {
    response.writableNeedDrain = true;
    writer.write(step(1));
    response.drain();
    response.writableNeedDrain = true;
    await nextTurn();
    expect(written).toEqual([]);
    response.drain();
    await nextTurn();
    expect(written).toEqual(['1 step']);
  });

  it('gives the response a turn now and then to say that it is full', async () => {
    for (let seq = 1; seq <= 40; seq++) writer.write(step(seq));
    expect(written).toHaveLength(16);
    await nextTurn();
    expect(written).toHaveLength(32);
    await nextTurn();
    expect(written).toHaveLength(40);
  });

  it('is full once as much waits as may since an earlier turn', async () => {
    response.writableNeedDrain = true;
    for (let seq = 1; seq <= 5; seq++) writer.write(step(seq));
    expect(writer.isFull).toBe(false);
    await nextTurn();
    expect(writer.isFull).toBe(true);
    response.drain();
    await nextTurn();
    expect(writer.isFull).toBe(false);
  });

  it('drops what waits and ends with the id of the last event that was handed on', () => {
    writer.write(step(1));
    response.writableNeedDrain = true;
    writer.write(step(2));
    writer.drop({ type: 'interrupted' });
    expect(written).toEqual(['1 step', '1 interrupted']);
    expect(ends).toBe(1);
  });

  it('completes after what waits before the last event', async () => {
    response.writableNeedDrain = true;
    writer.write(step(1));
    writer.end({ type: 'completed' });
    expect(ends).toBe(0);
    response.drain();
    await nextTurn();
    expect(written).toEqual(['1 step', '1 completed']);
    expect(ends).toBe(1);
  });

  it('ends earlier where the client has not taken what waits within the grace, and then breaks it off', () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    writer = make(response, 5_000);
    writer.write(step(1));
    response.writableNeedDrain = true;
    writer.write(step(2));
    writer.end({ type: 'completed' });
    jest.advanceTimersByTime(4_999);
    expect(ends).toBe(0);
    jest.advanceTimersByTime(1);
    expect(written).toEqual(['1 step', '1 interrupted']);
    expect(ends).toBe(1);
    jest.advanceTimersByTime(4_999);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
  });

  it('leaves neither a listener nor a turn behind when it is closed', async () => {
    response.writableNeedDrain = true;
    writer.write(step(1));
    writer.close();
    expect(response.listenerCount('drain')).toBe(0);
    response.writableNeedDrain = false;
    await nextTurn();
    writer.write(step(2));
    expect(written).toEqual([]);
  });

  it('hands everything on where it has no response to ask', () => {
    writer = make(undefined);
    writer.write(step(1));
    writer.end({ type: 'completed' });
    expect(written).toEqual(['1 step', '1 completed']);
    expect(ends).toBe(1);
  });
});
