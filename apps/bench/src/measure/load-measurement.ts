/** The figures of one contestant in one measured window. */
export interface LoadMeasurement {
  readonly sagas: number;
  readonly seconds: number;
  readonly sagasPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The processor time of the measured process for one saga, in milliseconds. */
  readonly clientCpuMs: number;
  /** The processor time of the server for one saga, in milliseconds; null if the system does not provide it. */
  readonly serverCpuMs: number | null;
  /** Null without a server. */
  readonly commitsPerSaga: number | null;
  readonly walBytesPerSaga: number | null;
  /**
   * The average number of cores that all other programs on the machine used; null if the system does not provide it.
   */
  readonly foreignCores: number | null;
}
