import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresAccount } from '../src/postgres-account.js';
import { makeReachable } from '../src/reachable-programs.js';

const run = promisify(execFile);

// Only root runs PostgreSQL as another user.
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('Skipped: programs are copied for another OS user by root only.');
const describeAsRoot = isRoot ? describe : describe.skip;

describeAsRoot('programs below a directory that is closed to others', () => {
  let home: string;
  let copy: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'nest-saga-home-'));
    copy = join(tmpdir(), `nest-saga-${basename(home)}`);
    await mkdir(join(home, 'native'));
    await writeFile(join(home, 'native', 'program'), '#!/bin/sh\necho "it runs"\n', { mode: 0o755 });
    await symlink('program', join(home, 'native', 'link'));
    await chmod(home, 0o700);
  });

  afterEach(async () => {
    await rm(home, { recursive: true, force: true });
    await rm(copy, { recursive: true, force: true });
  });

  it('run from a copy, as the other user, even when two processes make it at once', async () => {
    const account = await findPostgresAccount();
    const [first = '', second] = await Promise.all(
      [1, 2].map(() => makeReachable(join(home, 'native'), basename(home), account)),
    );

    expect(first).toBe(copy);
    expect(second).toBe(copy);
    const { stdout } = await run(join(first, 'link'), [], { ...account, cwd: '/' });
    expect(stdout).toBe('it runs\n');
  });

  it('are not run from a copy that others can change', async () => {
    await mkdir(copy, { mode: 0o777 });
    await chmod(copy, 0o777);

    await expect(
      makeReachable(join(home, 'native'), basename(home), await findPostgresAccount()),
    ).rejects.toThrow('can be changed by other users');
  });

  it('are run where they are once the directory is open', async () => {
    await chmod(home, 0o755);
    const native = join(home, 'native');

    expect(await makeReachable(native, basename(home), await findPostgresAccount())).toBe(native);
  });
});
