/** What one contestant did in one measured window. */
export interface LoadMeasurement {
  readonly sagas: number;
  readonly seconds: number;
  readonly sagasPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the measured process for a saga, in milliseconds. */
  readonly clientCpuMs: number;
  /** Processor time of the server for a saga, in milliseconds; null where the system does not tell. */
  readonly serverCpuMs: number | null;
  /** Null without a server. */
  readonly commitsPerSaga: number | null;
  readonly walBytesPerSaga: number | null;
  /** How many cores everything else on the machine used, on average; null where the system does not tell. */
  readonly foreignCores: number | null;
}
