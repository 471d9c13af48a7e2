import { runCommand } from './run-command.js';

const code = await runCommand(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
});

// Files of the application may have left a timer or a socket open, which must not keep this command running. All output
// must be written before the process ends.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
