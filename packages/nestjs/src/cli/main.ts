import { runCommand } from './run-command.js';

const code = await runCommand(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
});

// What the application's files left running when they were imported, a timer or a socket, must not hold the command
// up; what it wrote must be out before it ends.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
