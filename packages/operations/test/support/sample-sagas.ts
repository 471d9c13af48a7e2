import type { OpenPage } from './open-page.js';
import { OrderContext, RefundContext } from './order-saga.js';

/** The ids of sagas in all states that the page shows. */
export interface SampleSagas {
  readonly stuck: string;
  readonly undone: string;
  readonly completed: string;
  readonly running: string;
  readonly waiting: string;
}

/** A text that would be noticed if the page took it for markup, or if its direction turned the text around it. */
export const hostile = `<img src=x onerror="window.broken=1"> \u202E${'W'.repeat(80)}'"&amp;`;

/** Starts sagas that end, that are stuck, that wait and that run. */
export async function startSamples({ sagas, answers }: OpenPage): Promise<SampleSagas> {
  const end = async (item: string, key: string): Promise<string> => {
    const handle = await sagas.start(new OrderContext(item), { key });
    await handle.outcome();
    return handle.sagaId;
  };
  const completed = await end('book', 'cart-1041');
  answers.by.set('ship:act', () => {
    throw new Error('the carrier has no such address: 12 Example Road');
  });
  const undone = await end('globe', 'cart-1042');
  answers.by.set('reserve:compensate', () => {
    throw new Error('the warehouse answered 503 Service Unavailable');
  });
  const stuck = await end('lamp', 'cart-1043');
  answers.by.set('charge:act', () => {
    throw new Error(hostile);
  });
  await end('atlas', hostile.slice(0, 120));
  answers.by.clear();
  const { sagaId: waiting } = await sagas.start(new RefundContext(12_300, 'bob'), { key: 'refund-77' });
  answers.by.set('charge:act', () => new Promise(() => undefined));
  const { sagaId: running } = await sagas.start(new OrderContext('clock'), { key: 'cart-1044' });
  return { stuck, undone, completed, running, waiting };
}
