import { DBOS } from '@dbos-inc/dbos-sdk';

/**
 * The same saga as a DBOS workflow: its steps in order, its compensations in the catch. As its manual has it, the
 * context is the workflow's input and each step answers a few bytes, so DBOS stores the context once and not with
 * every step. Pool size and settings are its defaults; only its log is turned off.
 *
 * @param {{ databaseUrl: string, shape: { steps: number, contextBytes: number, fails: boolean }, atOnce: number }} options
 */
export async function openDbos({ databaseUrl, shape, atOnce }) {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, logger: silent });
  const saga = DBOS.registerWorkflow((context) => runSaga(shape, context), { name: 'sample' });
  await DBOS.launch();
  const context = contextOf(shape);
  return {
    callers: atOnce,
    sagasPerCall: 1,
    run: async () => {
      const status = await saga({ ...context }).then(
        () => 'completed',
        () => 'failed',
      );
      if ((status === 'failed') !== shape.fails)
        throw new Error(`A workflow ${status} that had to do otherwise.`);
    },
    close: () => DBOS.shutdown(),
  };
}

/** A line for each workflow that fails would be the cost of the console. */
const silent = { info() {}, debug() {}, warn() {}, error() {} };

async function runSaga(shape, context) {
  const done = [];
  try {
    for (let step = 1; step <= shape.steps; step++) {
      await DBOS.runStep(() => act(shape, step, context), { name: `step-${step}` });
      done.push(step);
    }
    return { ok: true };
  } catch (error) {
    for (const step of done.toReversed())
      await DBOS.runStep(() => compensate(context), { name: `undo-${step}` });
    throw error;
  }
}

async function act(shape, step, context) {
  if (shape.fails && step === shape.steps) throw new Error('The card is declined.');
  context.done += 1;
  return { ok: true };
}

async function compensate(context) {
  context.done -= 1;
}

/** As long as the other contestants' context. */
function contextOf({ contextBytes }) {
  const context = {
    orderId: 'order-0001',
    customer: 'customer-4711',
    lines: [
      { sku: 'tea-assam-250', quantity: 2 },
      { sku: 'cup-white', quantity: 4 },
    ],
    note: '',
    done: 0,
  };
  context.note = 'n'.repeat(Math.max(0, contextBytes - JSON.stringify(context).length));
  return context;
}
