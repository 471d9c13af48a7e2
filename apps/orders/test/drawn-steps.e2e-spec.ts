import { scenarios } from '@nest-saga/demo-services';
import type { HistoryView } from '../src/orders/history-view.js';
import { useOrders } from './support/start-orders.js';

type Draw = (
  entries: readonly HistoryView[],
  status: string,
) => ReadonlyMap<string, { readonly state: string; readonly detail: string }>;

describe('the steps on the orders page', () => {
  const orders = useOrders();
  let draw: Draw;

  beforeAll(async () => {
    // A text, so that the compiler does not look for its types.
    const model = '../public/scripts/saga-model.js' as string;
    ({ drawSteps: draw } = (await import(model)) as { readonly drawSteps: Draw });
  });

  it.each<[string, () => Promise<readonly HistoryView[]>]>([
    ['a shipping outage', () => journalOf({ destination: scenarios.outageDestination })],
    [
      'an outage after an invoice',
      () => journalOf({ card: scenarios.gatewayDownCard, destination: scenarios.outageDestination }),
    ],
    ['a declined card', () => journalOf({ card: scenarios.declinedCard })],
    ['a cancel while the carrier is waited for', journalOfCancel],
  ])('show as being undone the one that is undone next, and no other: %s', async (_name, read) => {
    const journal = await read();
    const decision = journal.findIndex(({ kind }) => kind.startsWith('compensation-'));
    // An act's failure is itself the decision.
    const turn = journal[decision]?.kind === 'compensation-decided' ? decision + 1 : decision;
    expect(turn).toBeGreaterThan(0);
    for (let length = turn; length < journal.length; length++) {
      const next = journal[length]?.step;
      const drawn = [...draw(journal.slice(0, length), 'compensating')];
      const undoing = drawn.filter(([, { state }]) => state === 'undoing').map(([step]) => step);
      expect({ length, undoing }).toEqual({ length, undoing: [next] });
    }
    const last = [...draw(journal, 'failed').values()];
    expect(last.map(({ state }) => state)).not.toContain('undoing');
  });

  it('show a shipment that failed as being undone before the undo of the order is recorded', async () => {
    const journal = await journalOf({ destination: scenarios.outageDestination });
    const failure = journal.findLastIndex(({ kind }) => kind === 'act-failed');

    const drawn = draw(journal.slice(0, failure + 1), 'running');

    expect(drawn.get('charge-payment')?.state).toBe('done');
    expect(drawn.get('ship-order')?.state).toBe('undoing');
  });

  it('show as being undone a shipment in doubt, though only the decision to go back names it', async () => {
    const journal = await journalOf({});
    const shipment = journal.findIndex(({ step }) => step === 'ship-order');
    const decided = {
      ...journal[shipment],
      kind: 'compensation-decided',
      begun: ['ship-order'],
    } as HistoryView;

    const drawn = draw([...journal.slice(0, shipment), decided], 'compensating');

    expect(drawn.get('ship-order')?.state).toBe('undoing');
    expect(drawn.get('charge-payment')?.state).toBe('done');
  });

  it('show a shipment that a person found not to be done as no part of the undo', async () => {
    const journal = await journalOf({});
    const shipment = journal.findIndex(({ step }) => step === 'ship-order');
    const resolved = { ...journal[shipment], kind: 'step-resolved', resolution: 'not-done' } as HistoryView;

    const drawn = draw([...journal.slice(0, shipment), resolved], 'compensating');

    expect(drawn.get('ship-order')?.state).toBe('unused');
    expect(drawn.get('charge-payment')?.state).toBe('undoing');
  });

  it('say why the one failed that is being undone, and after it is undone', async () => {
    const journal = await journalOf({ destination: scenarios.outageDestination });
    const undone = journal.findIndex(({ kind }) => kind === 'compensation-completed');

    for (const length of [undone, undone + 1])
      expect(draw(journal.slice(0, length), 'compensating').get('ship-order')?.detail).toContain('atlantis');
  });

  async function journalOf(change: object): Promise<readonly HistoryView[]> {
    const { sagaId } = (await orders.client.place(change)).body;
    return (await orders.client.find(sagaId)).body.history;
  }

  async function journalOfCancel(): Promise<readonly HistoryView[]> {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.slowDestination });
    await orders.client.untilCalled(sagaId, 'shipping');
    await orders.client.cancel(sagaId);
    return (await orders.client.untilStatus(sagaId, 'failed')).history;
  }
});
