/** Stops a timer that has not fired; calling it again does nothing. */
export type CancelTimer = () => void;

/** Time, as the engine sees it. The one way in which core waits or looks at a clock. */
export interface Clock {
  /** Wall-clock time, in milliseconds since the epoch: for records, never for leases. */
  now(): number;
  /** Time that never goes back, in milliseconds since some moment: for leases and durations. */
  monotonicNow(): number;
  /**
   * Calls `callback` once when `delayMs` of the monotonic time are over, never before. A pending timer must not keep a
   * process alive by itself.
   */
  startTimer(delayMs: number, callback: () => void): CancelTimer;
}
