import { openWaitingApplication } from '../sample/waiting-application.js';
import type { ResumeTask } from './task.js';
import { untilInputEnds } from './until-input-ends.js';

/** A worker that runs sagas up to their wait, and continues them after it. */
export async function resumeUntilInputEnds(
  { databaseUrl, hints }: ResumeTask,
  answer: (ready: { readonly isReady: true }) => Promise<void>,
): Promise<void> {
  const app = await openWaitingApplication(databaseUrl, { worker: true, hints });
  await answer({ isReady: true });
  await untilInputEnds();
  await app.close();
}
