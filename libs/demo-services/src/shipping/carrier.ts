import { setTimeout as delay } from 'node:timers/promises';

/** The part of the outside world on which shipping depends. */
export abstract class Carrier {
  /** How long the carrier takes to confirm a parcel with a distant destination, in milliseconds. */
  abstract readonly slowConfirmationMs: number;
  /** Waits. Rejects as soon as the signal fires. */
  abstract wait(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** A carrier that takes real time. */
export class RealTimeCarrier extends Carrier {
  constructor(override readonly slowConfirmationMs: number) {
    super();
  }

  override async wait(durationMs: number, signal: AbortSignal): Promise<void> {
    await delay(durationMs, undefined, { signal });
  }
}
