import { answerPrefix } from './answer.js';
import { enqueueSagas } from './enqueue-sagas.js';
import { parkSagas } from './park-sagas.js';
import { runLoad } from './run-load.js';
import { runSoak } from './run-soak.js';
import type { Answers, Task } from './task.js';
import { workUntilTold } from './work-until-told.js';

// The timers of an engine do not keep a process alive, and memory has nothing else that would.
setInterval(() => undefined, 60_000);

/** A process of its own for one thing to measure: the task comes as an argument, the answer goes to standard output. */
const task = JSON.parse(process.argv[2] ?? '') as Task;

try {
  await perform(task);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
// What a contestant leaves open must not keep a finished measurement waiting.
process.exit();

async function perform(given: Task): Promise<void> {
  switch (given.kind) {
    case 'load':
      return await answer(await runLoad(given));
    case 'soak':
      return await answer(await runSoak(given));
    case 'park':
      return await parkSagas(given, answer);
    case 'work':
      return await workUntilTold(given, answer);
    case 'enqueue':
      return await answer(await enqueueSagas(given));
  }
}

async function answer(message: Answers[Task['kind']]): Promise<void> {
  await new Promise<void>((resolve) => {
    process.stdout.write(`${answerPrefix}${JSON.stringify(message)}\n`, () => resolve());
  });
}
