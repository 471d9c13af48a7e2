/** @jest-config-loader esbuild-register */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from 'jest';

const workspaces = '<rootDir>/{packages,libs,apps}/*/{src,test}/**';

const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@nest-saga/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': ['@swc/jest', JSON.parse(readFileSync(join(__dirname, '.swcrc'), 'utf8'))],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
} satisfies Config;

/** Jest runs a project's global setup only if one of its tests was selected, so unit tests never start a server. */
const config: Config = {
  // Jest's own choice leaves one of two cores idle.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/tools/longest-first.mjs',
  // Set here and not in the project that needs it, because Jest reads it only here. It ends tests that hang. It is not
  // a measure of speed: on a busy machine, a compiler alone can take a minute.
  testTimeout: 120_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: [`${workspaces}/*.spec.ts`] },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [`${workspaces}/*.{int,e2e,crash}-spec.ts`],
      globalSetup: '<rootDir>/libs/embedded-postgres/jest/global-setup.mjs',
      globalTeardown: '<rootDir>/libs/embedded-postgres/jest/global-teardown.mjs',
    },
  ],
};

export default config;
