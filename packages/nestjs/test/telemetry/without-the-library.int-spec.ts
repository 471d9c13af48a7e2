import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

describe('an application without telemetry', () => {
  it('loads, runs a saga and delivers its events, without @opentelemetry/api, @nestjs/terminus and @nestjs/cqrs', async () => {
    const { stdout } = await runWithoutOptionalPeers('run-one-saga.ts');
    expect(stdout.trim().split('\n')).toEqual(['charged', 'completed']);
  });

  it('gets from Node the name of the library that it has to install for the telemetry', async () => {
    await expect(runWithoutOptionalPeers('import-telemetry.ts')).rejects.toMatchObject({
      stderr: expect.stringContaining("Cannot find package '@opentelemetry/api'"),
    });
  });
});

function runWithoutOptionalPeers(program: string): Promise<{ readonly stdout: string }> {
  const file = (name: string) => join(import.meta.dirname, 'without-the-library', name);
  return run(
    process.execPath,
    [
      '--conditions=@nest-saga/source',
      '--import',
      '@nest-saga/typescript-loader',
      '--import',
      file('hide-optional-peers.mjs'),
      file(program),
    ],
    { cwd: import.meta.dirname, env: { ...process.env, NODE_OPTIONS: '' } },
  );
}
