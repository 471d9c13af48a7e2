import { describe, expect, it } from '@jest/globals';
import { defineSaga, InMemorySagaStorage, SagaEngine, SagaRegistry } from '@nest-saga/core';
import { FakeClock } from '../fakes/fake-clock.js';
import { RecordingListener } from '../fakes/recording-listener.js';
import { scriptedSaga } from '../fakes/scripted-saga.js';
import { ScriptedStep } from '../fakes/scripted-step.js';
import { SequentialIds } from '../fakes/sequential-ids.js';
import { emits } from '../fakes/step-script.js';

class OrderPlaced {
  constructor(readonly at: Date) {}
}

describe('an event that a step emits', () => {
  it('is told with the name of its class, and without one where it has none', async () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const events = [new OrderPlaced(at), { kind: 'plain' }, 'text', 1, null, [at]];
    const listener = await listenTo(new ScriptedStep('place', { act: [emits(...events)] }));
    expect(listener.ofType('emitted').map(({ name, event }) => ({ name, event }))).toEqual([
      { name: 'OrderPlaced', event: { at } },
      { event: { kind: 'plain' } },
      { event: 'text' },
      { event: 1 },
      { event: null },
      { event: [at] },
    ]);
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
