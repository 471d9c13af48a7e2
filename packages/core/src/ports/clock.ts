/** Stops a timer that has not fired; calling it again does nothing. */
export type CancelTimer = () => void;

/** The clock of the engine: the only way in which core waits or reads the time. */
export interface Clock {
  /** The wall-clock time, in milliseconds since the epoch: for records, never for leases. */
  now(): number;
  /** A time that never goes back, in milliseconds since an arbitrary moment: for leases and durations. */
  monotonicNow(): number;
  /**
   * Calls `callback` once after `delayMs` of the monotonic time, never earlier. A pending timer must not keep a process
   * alive.
   */
  startTimer(delayMs: number, callback: () => void): CancelTimer;
}
