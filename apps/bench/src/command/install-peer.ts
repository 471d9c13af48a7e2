import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../peers/dbos/', import.meta.url));

/**
 * Installs the peer from its own lockfile. It is not part of the installation of this repository, so that only people
 * who measure have to download it. Returns whether it is installed now.
 */
export function installPeer(): boolean {
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: directory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) console.error(`The peer could not be installed, so it is left out.\n${stderr}`);
  return status === 0;
}
