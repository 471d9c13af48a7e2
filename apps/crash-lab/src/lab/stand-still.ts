import { pause, until } from './wait.js';

/** What is to be known about the sagas of a process. */
export interface Holdings {
  /** Open sagas that the storage says are of this process. */
  ownedBy(process: string): Promise<readonly string[]>;
  /** Whether one of these has been claimed by another process than this. */
  haveChangedHands(sagaIds: readonly string[], process: string): Promise<boolean>;
}

const deadlineMs = 60_000;

/**
 * Makes a process stand still until others have taken over what it ran, and lets it go on then: it wakes up in the
 * middle of sagas that are no longer its own.
 *
 * @throws Error where nothing of it changes hands in time.
 */
export async function standStillUntilTakenOver(
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
      // Otherwise it owned nothing, or what it had asked for before was its last write.
      return await haveChangedHands(owned, process);
    } finally {
      goOn();
      // It has to come by something to own before it is stopped once more.
      await pause(50);
    }
  });
}
