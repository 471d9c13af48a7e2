import pg from 'pg';
import { checkDriver } from './check-driver.js';
import type { PostgresPool } from './postgres-client.js';

const poolOfClients = (Client: unknown): PostgresPool => ({ Client, options: {} }) as unknown as PostgresPool;

describe('checkDriver', () => {
  it('takes the driver that is written in JavaScript', () => {
    expect(() => checkDriver(poolOfClients(pg.Client))).not.toThrow();
  });

  it('refuses pg-native, and says how to do without', () => {
    class NativeClient {
      readonly native = {};
    }
    expect(() => checkDriver(poolOfClients(NativeClient))).toThrow(
      /does not work over pg-native.*driver: \{ \.\.\.pg \}/,
    );
  });

  it('refuses a pool that makes no clients', () => {
    expect(() => checkDriver(poolOfClients(undefined))).toThrow(/needs the pool of pg-pool/);
  });
});
