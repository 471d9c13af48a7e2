/** What differs between the demo, its tests and the people who run it. */
export interface OrdersSettings {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** How long a slow shipment takes, in milliseconds. */
  readonly slowShipmentMs: number;
  /** After this long without a sign of life a killed server's orders go on elsewhere, in milliseconds. */
  readonly leaseDurationMs: number;
  /** Whether anybody who can reach the server may kill it: for the demonstration only. */
  readonly canBeKilled: boolean;
}

/**
 * Reads the settings from the environment.
 *
 * @throws Error naming the variable that is no number in range.
 */
export function readSettings(environment: NodeJS.ProcessEnv, databaseUrl: string): OrdersSettings {
  return {
    databaseUrl,
    // This machine only: the demo has no users and no passwords.
    host: environment['HOST'] ?? '127.0.0.1',
    port: readNumber(environment, 'PORT', 3000, 0, 65_535),
    slowShipmentMs: readNumber(environment, 'SLOW_SHIPMENT_MS', 10_000, 0, 600_000),
    leaseDurationMs: readNumber(environment, 'LEASE_DURATION_MS', 3_000, 1_000, 600_000),
    canBeKilled: environment['DEMO'] === 'on',
  };
}

function readNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  byDefault: number,
  from: number,
  to: number,
): number {
  const text = environment[name];
  if (text === undefined || text === '') return byDefault;
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new Error(`${name} is "${text}"; set it to an integer from ${from} to ${to}, or leave it out.`);
}
