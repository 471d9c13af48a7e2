// The commands as `nest-saga` of @nest-saga/nestjs runs them.
import { runCommand } from '../../src/cli/index.ts';

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  out: (line) => console.log(line),
  error: (line) => console.error(line),
});
