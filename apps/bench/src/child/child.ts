import { answerPrefix } from './answer.js';
import { enqueueSagas } from './enqueue-sagas.js';
import { holdSagas } from './hold-sagas.js';
import { resumeUntilInputEnds } from './resume-until-input-ends.js';
import { runLoad } from './run-load.js';
import { runSoak } from './run-soak.js';
import { signalSagas } from './signal-sagas.js';
import type { Answers, Task } from './task.js';
import { workUntilInputEnds } from './work-until-input-ends.js';

// The timers of an engine do not keep a process alive, and a storage in memory has nothing else that would.
setInterval(() => undefined, 60_000);

/** A separate process for one measurement: the task is an argument, and the answer goes to standard output. */
const task = JSON.parse(process.argv[2] ?? '') as Task;

try {
  await perform(task);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
// Open handles of a contestant must not delay the end of a finished measurement.
process.exit();

async function perform(given: Task): Promise<void> {
  switch (given.kind) {
    case 'load':
      return await answer(await runLoad(given));
    case 'soak':
      return await answer(await runSoak(given));
    case 'hold':
      return await holdSagas(given, answer);
    case 'work':
      return await workUntilInputEnds(given, answer);
    case 'enqueue':
      return await answer(await enqueueSagas(given));
    case 'resume':
      return await resumeUntilInputEnds(given, answer);
    case 'signal':
      return await answer(await signalSagas(given));
  }
}

async function answer(message: Answers[Task['kind']]): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdout.write(`${answerPrefix}${JSON.stringify(message)}\n`, () => resolve());
  });
}
