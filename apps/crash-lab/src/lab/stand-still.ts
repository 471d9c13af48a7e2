import { pause, until } from './wait.js';

/** Queries about the sagas of a process. */
export interface Holdings {
  /** The open sagas whose owner in the storage is this process. */
  ownedBy(process: string): Promise<readonly string[]>;
  /** Whether one of these sagas has been claimed by another process. */
  haveChangedHands(sagaIds: readonly string[], process: string): Promise<boolean>;
}

const deadlineMs = 60_000;

/**
 * Stops a process until others have claimed its sagas, and then wakes it up in the middle of sagas that it does not own
 * any more.
 *
 * @throws Error if no saga changes its owner in time.
 */
export async function standStillUntilClaimed(
  process: string,
  { ownedBy, haveChangedHands }: Holdings,
  stop: () => void,
  goOn: () => void,
): Promise<void> {
  await until(deadlineMs, `sagas of ${process} that change hands`, async () => {
    try {
      stop();
      const owned = await ownedBy(process);
      const isLeft = async (): Promise<boolean> => (await ownedBy(process)).length === 0;
      await until(deadlineMs, `an end of what ${process} owns`, isLeft);
      // Otherwise it owned no saga, or the write that it had sent before was its last one.
      return await haveChangedHands(owned, process);
    } finally {
      goOn();
      // It needs time to own a saga before it is stopped again.
      await pause(50);
    }
  });
}
