import { openNestApplication } from '../contestants/nest-application.js';
import { countingStep } from '../sample/sample-saga.js';
import { usualShape } from '../sample/saga-shape.js';
import type { WorkTask } from './task.js';
import { untilInputEnds } from './until-input-ends.js';

/** A worker with the module's defaults: it claims queued and orphaned sagas. */
export async function workUntilInputEnds(
  { databaseUrl }: WorkTask,
  answer: (ready: { readonly isReady: true }) => Promise<void>,
): Promise<void> {
  const app = await openNestApplication(databaseUrl, usualShape, countingStep(usualShape));
  await answer({ isReady: true });
  await untilInputEnds();
  await app.close();
}
