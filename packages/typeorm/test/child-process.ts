import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process wrote and how it ended. */
export interface FinishedProcess {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a TypeScript or JavaScript file of this package in a process of its own, from source. */
export async function runProcess(
  file: string,
  processArguments: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<FinishedProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@nest-saga/source',
      '--import',
      '@nest-saga/typescript-loader',
      fileURLToPath(new URL(file, import.meta.url)),
      ...processArguments,
    ],
    { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, output, errors };
}
