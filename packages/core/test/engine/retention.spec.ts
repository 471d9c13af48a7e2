import { hours, minutes } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ClusterProcessOptions } from '@nest-saga/testing';

const declared = {
  quick: scriptedSaga('quick', [new ScriptedStep('charge')]),
  failing: scriptedSaga('failing', [new ScriptedStep('charge', { act: [throws(new Error('declined'))] })]),
  endless: scriptedSaga('endless', [new ScriptedStep('charge', { act: [new StepGate().waits()] })]),
};

async function withRetention(
  retention: ClusterProcessOptions['retention'],
  options: ClusterProcessOptions = {},
) {
  const cluster = new SimulatedCluster(Object.values(declared));
  const process = await cluster.startProcess({ retention: retention ?? {}, ...options });
  const started = async (saga: keyof typeof declared): Promise<string> => {
    const { sagaId } = await process.start({}, { saga });
    await cluster.advance(1);
    return sagaId;
  };
  const isKept = async (sagaId: string): Promise<boolean> =>
    (await cluster.memory.find(sagaId)) !== undefined;
  return { cluster, process, started, isKept };
}

describe('the retention of sagas that ended', () => {
  it('has no end by default', async () => {
    const { cluster, started, isKept } = await withRetention(undefined);
    const sagaId = await started('quick');
    await cluster.advance(hours(3));
    expect(await isKept(sagaId)).toBe(true);
  });

  it('ends after its time, which each status has for itself, and within two minutes', async () => {
    const { cluster, started, isKept } = await withRetention({ completedMs: hours(1), failedMs: hours(3) });
    const [completed, failed, open] = [
      await started('quick'),
      await started('failing'),
      await started('endless'),
    ];
    await cluster.advance(hours(1) - minutes(1));
    expect(await isKept(completed)).toBe(true);
    await cluster.advance(minutes(3));
    expect(await isKept(completed)).toBe(false);
    expect(await isKept(failed)).toBe(true);
    await cluster.advance(hours(2));
    expect(await isKept(failed)).toBe(false);
    expect(await isKept(open)).toBe(true);
  });

  it('leaves the sagas of a status without a time', async () => {
    const { cluster, started, isKept } = await withRetention({ failedMs: hours(1) });
    const [completed, failed] = [await started('quick'), await started('failing')];
    await cluster.advance(hours(2));
    expect([await isKept(completed), await isKept(failed)]).toEqual([true, false]);
  });

  it('archives a saga first, and keeps it as long as the archive refuses it', async () => {
    const archived: string[] = [];
    let isFull = true;
    const { cluster, process, started, isKept } = await withRetention({
      completedMs: hours(1),
      onArchive: async (sagas: readonly { readonly header: { readonly sagaId: string } }[]) => {
        if (isFull) throw new Error('the bucket is full');
        archived.push(...sagas.map(({ header }) => header.sagaId));
      },
    });
    const sagaId = await started('quick');
    await cluster.advance(hours(2));
    expect(await isKept(sagaId)).toBe(true);
    expect(process.listener.ofWorkerType('sweep-failed')).not.toEqual([]);
    isFull = false;
    await cluster.advance(minutes(2));
    expect(await isKept(sagaId)).toBe(false);
    expect(archived).toEqual([sagaId]);
  });

  it('is not the work of a process that runs no sagas, or has stopped', async () => {
    const { cluster, process, started, isKept } = await withRetention({ completedMs: hours(1) });
    const sagaId = await started('quick');
    await cluster.resolve(process.engine.close());
    await cluster.startProcess({ retention: { completedMs: hours(1) }, worker: false });
    await cluster.advance(hours(2));
    expect(await isKept(sagaId)).toBe(true);
  });
});
