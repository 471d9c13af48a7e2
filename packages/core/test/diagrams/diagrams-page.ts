import { classDiagram, executionDiagram, sequenceDiagram, stateDiagram } from '../../src/diagrams.js';
import { failedOrder, orderSaga, runningOrder } from './example.js';

/** The pictures of the page, by the call that it names above each of them. */
const pictures: Readonly<Record<string, () => string>> = {
  'sequenceDiagram(orderSaga)': () => sequenceDiagram(orderSaga),
  'classDiagram(orderSaga)': () => classDiagram(orderSaga),
  'stateDiagram(orderSaga)': () => stateDiagram(orderSaga),
  'executionDiagram(failedOrder.header, failedOrder.entries)': () =>
    executionDiagram(failedOrder.header, failedOrder.entries),
  'executionDiagram(runningOrder.header, runningOrder.entries, orderSaga)': () =>
    executionDiagram(runningOrder.header, runningOrder.entries, orderSaga),
};

const picture = /(?<=<!-- (?<call>.+) -->\n\n```mermaid\n)[^`]*(?=```)/g;

/** The calls that the page names, in its order. */
export function callsOn(page: string): readonly string[] {
  return Array.from(page.matchAll(picture), ({ groups }) => groups?.['call'] ?? '');
}

/** The calls whose result the page must show. */
export const expectedCalls = Object.keys(pictures);

/** The page with each picture as the code draws it now. */
export function redrawn(page: string): string {
  return page.replace(picture, (...match) => {
    const { call } = match.at(-1) as { readonly call: string };
    return pictures[call]?.() ?? 'no such call\n';
  });
}
