import { openNestApplication } from '../contestants/nest-application.js';
import { countingStep } from '../sample/sample-saga.js';
import { usualShape } from '../sample/saga-shape.js';
import type { WorkTask } from './task.js';
import { untilTold } from './until-told.js';

/** A worker with the module's defaults: it claims what is queued or orphaned. */
export async function workUntilTold(
  { databaseUrl }: WorkTask,
  answer: (ready: { readonly isReady: true }) => Promise<void>,
): Promise<void> {
  const app = await openNestApplication(databaseUrl, usualShape, countingStep(undefined));
  await answer({ isReady: true });
  await untilTold();
  await app.close();
}
