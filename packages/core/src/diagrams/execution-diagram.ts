import type { SagaDefinition } from '../definition/saga-definition.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { executionScenes } from './execution-scenes.js';
import { Flowchart } from './flowchart.js';

/**
 * One execution as the text of a Mermaid flowchart, coloured by result: steps that completed, were retried, failed,
 * were undone or given up, the step that runs or comes next, a cancel, and the point at which the saga is STUCK. It
 * shows no context, no response and no key.
 *
 * @param entries The whole journal in order.
 * @param definition Adds the steps that have not run. A definition of another saga, or one that the journal does not
 * fit, adds nothing.
 *
 * @example
 * const saga = await storage.load(sagaId);
 * if (saga !== undefined) process.stdout.write(executionDiagram(saga.header, saga.entries, orderSaga));
 *
 *
 */
export function executionDiagram(
  header: SagaHeader,
  entries: readonly JournalEntry[],
  definition?: SagaDefinition,
): string {
  const chart = new Flowchart();
  for (const { scene, alternative } of executionScenes(header, entries, definition)) {
    if (alternative === undefined) chart.add(scene);
    else chart.addWithAlternative(scene, alternative);
  }
  return chart.print();
}
