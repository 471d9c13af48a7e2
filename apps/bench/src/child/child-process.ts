import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { answerPrefix } from './answer.js';
import type { Answers, Task } from './task.js';

const childModule = fileURLToPath(new URL('./child.ts', import.meta.url));

/** A child process that works on a task. */
export interface RunningChild<Kind extends Task['kind']> {
  readonly answer: Promise<Answers[Kind]>;
  /** Asks it to end, and resolves when it has ended. */
  end(): Promise<void>;
  /** Kills it like a crash: it cannot close anything. */
  kill(): Promise<void>;
}

/** Starts a process for a task. It resolves the packages as this process does: built, or their sources. */
export function startChild<Given extends Task>(task: Given): RunningChild<Given['kind']> {
  const loader = import.meta.resolve('@nest-saga/typescript-loader');
  const conditions = process.execArgv.filter((flag) => flag.startsWith('--conditions'));
  const flags = [...conditions, '--expose-gc', '--import', loader, ...profileFlags()];
  const child = spawn(process.execPath, [...flags, childModule, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr, { end: false });
  const exited = once(child, 'exit');
  const answer = readAnswer<Answers[Given['kind']]>(child, task.kind);
  answer.catch(() => undefined);
  return {
    answer,
    end: async () => {
      child.stdin.end();
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a task in a separate process until its end. */
export async function runInChild<Given extends Task>(task: Given): Promise<Answers[Given['kind']]> {
  const child = startChild(task);
  try {
    return await child.answer;
  } finally {
    await child.end();
  }
}

/** If profiles are requested, each child writes its own. */
function profileFlags(): readonly string[] {
  const directory = process.env['BENCH_PROFILE_DIRECTORY'];
  return directory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${directory}`];
}

async function readAnswer<Answer>(child: ChildProcessWithoutNullStreams, kind: string): Promise<Answer> {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(answerPrefix)) {
      child.stdout.resume();
      return JSON.parse(line.slice(answerPrefix.length)) as Answer;
    }
    console.error(line);
  }
  throw new Error(`The process for "${kind}" ended without an answer.`);
}
