import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The commit whose sources run as the release before: the last one with a journal of two migrations. */
const commit = 'ec9a327508428955a60ca107da4da3b57f4279b6';
const parts = ['packages/core', 'packages/testing', 'packages/typeorm', 'libs/typescript-loader'];
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Why the sources of the release before are not to be had; undefined if they are. */
export function missingEarlierRelease(): string | undefined {
  try {
    execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root, stdio: 'ignore' });
    return undefined;
  } catch {
    return `the history of this checkout does not reach back to ${commit}: fetch all of it`;
  }
}

/**
 * Puts the sources of the release before into a directory of their own, in which its packages import each other and everything
 * else from here.
 *
 * @returns The directory. It is a temporary one, which the caller removes.
 */
export function checkOutEarlierRelease(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nest-saga-earlier-'));
  const archive = execFileSync('git', ['archive', commit, '.swcrc', ...parts], {
    cwd: root,
    maxBuffer: 100 * 1024 * 1024,
  });
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@nest-saga'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@nest-saga' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const part of parts)
    symlinkSync(join(directory, part), join(modules, '@nest-saga', part.split('/').at(-1) ?? part));
  return directory;
}
