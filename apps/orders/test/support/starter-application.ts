import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './readme.js';
import { until } from './until.js';

const run = promisify(execFile);
const installed = join(repository, 'node_modules');

/**
 * A new application of Nest's starter project in an empty folder, with the packed packages of this repository and what
 * else `npm install` would add.
 */
export class StarterApplication {
  private server: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    private readonly parent: string,
  ) {}

  static async create(type: 'esm' | 'cjs'): Promise<StarterApplication> {
    const parent = await realpath(await mkdtemp(join(tmpdir(), 'nest-saga-start-')));
    const generator = join(installed, '.bin/schematics');
    const collection = '@nestjs/schematics:application';
    await run(generator, [collection, '--name=shop', `--type=${type}`, '--language=ts'], {
      cwd: parent,
    });
    const application = new StarterApplication(join(parent, 'shop'), parent);
    await application.install();
    return application;
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.directory, file)), { recursive: true });
    await writeFile(join(this.directory, file), text);
  }

  list(folder: string): Promise<readonly string[]> {
    return readdir(join(this.directory, folder));
  }

  /** Builds it with its own command. */
  async build(): Promise<void> {
    await this.npm('build');
  }

  /** Runs its own start command until it listens. */
  async start(environment: Readonly<Record<string, string>>): Promise<number> {
    const port = await freePort();
    const env = { ...process.env, NODE_OPTIONS: '', ...environment, PORT: String(port) };
    const { 'start:prod': command = '' } = await this.scripts();
    const [program = '', ...given] = command.split(' ');
    const server = spawn(program, given, { cwd: this.directory, env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.stdout.on('data', (line) => {
        if (String(line).includes('successfully started')) resolve();
      });
      server.on('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    });
    await untilListening(port);
    return port;
  }

  /** Ends its process with SIGKILL. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.parent, { recursive: true, force: true });
  }

  private async npm(script: string): Promise<void> {
    await run('npm', ['run', script], {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: '' },
    }).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`npm run ${script} failed:\n${stdout}\n${stderr}`);
    });
  }

  private async scripts(): Promise<Readonly<Record<string, string>>> {
    const manifest = JSON.parse(await readFile(join(this.directory, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    return manifest.scripts;
  }

  private async install(): Promise<void> {
    const modules = join(this.directory, 'node_modules');
    await mkdir(join(modules, '@nest-saga'), { recursive: true });
    for (const name of await readdir(installed)) {
      if (name === '@nest-saga' || name.startsWith('.package')) continue;
      if (!name.startsWith('@')) await symlink(join(installed, name), join(modules, name));
      else await linkAll(join(installed, name), join(modules, name));
    }
    for (const name of ['core', 'nestjs', 'typeorm']) await unpack(name, join(modules, '@nest-saga', name));
  }
}

async function linkAll(scope: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(scope)) await symlink(join(scope, name), join(target, name));
}

/** What `npm publish` would publish. */
async function unpack(name: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const source = join(repository, 'packages', name);
  const { stdout } = await run(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', target],
    { cwd: source },
  );
  const tarball = stdout.trim().split('\n').at(-1) ?? '';
  await run('tar', ['-xzf', tarball, '--strip-components=1'], { cwd: target });
}

/** Nest says that it has started before it listens. */
async function untilListening(port: number): Promise<void> {
  const url = `http://localhost:${port}`;
  await until(`an answer of ${url}`, () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
