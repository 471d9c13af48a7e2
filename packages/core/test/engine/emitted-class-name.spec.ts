import { describe, expect, it } from '@jest/globals';
import { defineSaga, InMemorySagaStorage } from '@nest-saga/core';
import { nameEventClass, SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import {
  emits,
  FakeClock,
  RecordingListener,
  scriptedSaga,
  ScriptedStep,
  SequentialIds,
} from '@nest-saga/testing';

class OrderPlaced {
  constructor(readonly at: Date) {}
}

describe('an event that a step emits', () => {
  it('is published with the name of its class, and without one if it has none', async () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const events = [new OrderPlaced(at), { kind: 'plain' }, 'text', 1, null, [at]];
    const listener = await listenTo(new ScriptedStep('place', { act: [emits(...events)] }));
    expect(listener.ofType('emitted').map(({ name, event }) => ({ name, event }))).toEqual([
      { name: 'OrderPlaced', event: new OrderPlaced(at) },
      { event: { kind: 'plain' } },
      { event: 'text' },
      { event: 1 },
      { event: null },
      { event: [at] },
    ]);
  });

  it('keeps its class, whatever other class has that name', async () => {
    const { OrderPlaced: Other } = { OrderPlaced: class OrderPlaced {} };
    const events = [new OrderPlaced(new Date(0)), new Other()];
    const listener = await listenTo(new ScriptedStep('place', { act: [emits(...events)] }));
    const told = listener.ofType('emitted').map(({ event }) => event);
    expect(told[0]).toBeInstanceOf(OrderPlaced);
    expect(told[1]).toBeInstanceOf(Other);
  });

  it('is published with the name that its class was given, which a subclass does not inherit', async () => {
    class Placed {}
    class PlacedTwice extends Placed {}
    nameEventClass(Placed, 'order-placed');
    const script = { act: [emits(new Placed(), new PlacedTwice())] };
    const listener = await listenTo(new ScriptedStep('place', script));
    expect(listener.ofType('emitted').map(({ name }) => name)).toEqual(['order-placed', 'PlacedTwice']);
  });

  it('has no name by a property called constructor', async () => {
    const event = { constructor: { name: 'Forged' } };
    const listener = await listenTo(new ScriptedStep('place', { act: [emits(event)] }));
    expect(listener.ofType('emitted')).toMatchObject([{ event }]);
    expect(listener.ofType('emitted')[0]).not.toHaveProperty('name');
  });
});

async function listenTo(step: ScriptedStep): Promise<RecordingListener> {
  const listener = new RecordingListener();
  const clock = new FakeClock();
  const engine = new SagaEngine({
    storage: new InMemorySagaStorage(clock),
    registry: new SagaRegistry([defineSaga(scriptedSaga('order', [step]))]),
    clock,
    ids: new SequentialIds(),
    listener,
  });
  await engine.open();
  await (
    await engine.starter.start({}, { saga: 'order' })
  ).end;
  return listener;
}
