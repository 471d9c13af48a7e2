import { InMemorySagaStorage } from '@nest-saga/core';
import { FakeClock } from '../fakes/fake-clock.js';
import { scriptedSaga } from '../fakes/scripted-saga.js';
import { ScriptedStep } from '../fakes/scripted-step.js';
import { StepGate } from '../fakes/step-gate.js';
import { SimulatedProcess } from './simulated-process.js';

function world() {
  const clock = new FakeClock();
  const storage = new InMemorySagaStorage(clock);
  const gate = new StepGate();
  const step = new ScriptedStep('wait', { act: [gate.waits()] });
  const process = new SimulatedProcess({ sagas: [scriptedSaga('order', [step])], storage, clock });
  return { clock, storage, gate, process };
}

describe('SimulatedProcess', () => {
  it('writes nothing any more once it is killed, though its handlers continue', async () => {
    const { clock, storage, gate, process } = world();
    await process.engine.open();
    const { sagaId } = await process.engine.starter.start({}, { saga: 'order' });
    process.kill();
    gate.open();
    await clock.advance(600_000);
    expect(await storage.load(sagaId)).toMatchObject({ header: { status: 'running' }, entries: [] });
  });

  it('leaves no timer in the common clock once it is killed, though its handlers continue', async () => {
    const { clock, gate, process } = world();
    await process.engine.open();
    await process.engine.starter.start({}, { saga: 'order' });
    await clock.advance(0);
    expect(clock.pendingTimers).toBeGreaterThan(0);
    process.kill();
    gate.break(new Error('the connection is closed'));
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not renew its lease while it is paused, and notices when it wakes up', async () => {
    const { clock, process } = world();
    await process.engine.open();
    process.pause();
    await clock.advance(60_000);
    expect(process.listener.ofWorkerType('lease-lost')).toEqual([]);
    process.resume();
    await clock.advance(0);
    expect(process.listener.ofWorkerType('lease-lost')).toHaveLength(1);
  });
});
