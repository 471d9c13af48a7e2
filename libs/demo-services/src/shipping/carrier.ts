import { setTimeout as delay } from 'node:timers/promises';

/** The world outside, as far as shipping depends on it. */
export abstract class Carrier {
  /** How long the carrier takes to confirm a parcel that goes far, in milliseconds. */
  abstract readonly slowConfirmationMs: number;
  /** Waits, or rejects as soon as the signal fires. */
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
