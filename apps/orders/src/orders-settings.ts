/** The settings that differ between the demo, its tests and other environments. */
export interface OrdersSettings {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** How long a slow shipment takes, in milliseconds. */
  readonly slowShipmentMs: number;
  /** How long a prepaid order waits for its money, in milliseconds. */
  readonly paymentTimeoutMs: number;
  /** How long after the death of a server another process claims its orders, in milliseconds. */
  readonly leaseDurationMs: number;
  /** The password of the operations page; every name is accepted with it. */
  readonly operatorPassword: string;
  /** Whether every client of the server may kill it: for the demonstration only. */
  readonly canBeKilled: boolean;
}

/**
 * Reads the settings from the environment.
 *
 * @throws Error with the name of the variable, if it is not a number in its range.
 */
export function readSettings(environment: NodeJS.ProcessEnv, databaseUrl: string): OrdersSettings {
  return {
    databaseUrl,
    // This machine only, because the demo has no users.
    host: environment['HOST'] ?? '127.0.0.1',
    port: readNumber(environment, 'PORT', 3000, 0, 65_535),
    slowShipmentMs: readNumber(environment, 'SLOW_SHIPMENT_MS', 10_000, 0, 600_000),
    paymentTimeoutMs: readNumber(environment, 'PAYMENT_TIMEOUT_MS', 60_000, 1_000, 3_600_000),
    leaseDurationMs: readNumber(environment, 'LEASE_DURATION_MS', 3_000, 1_000, 600_000),
    operatorPassword: environment['OPERATOR_PASSWORD'] ?? 'demo',
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
