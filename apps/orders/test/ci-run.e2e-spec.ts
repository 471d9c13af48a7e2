import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findBrowser } from './support/find-browser.js';
import { repository } from './support/readme.js';

/** What the script may use of this machine. */
const tools = ['bash', 'dirname', 'env', 'id', 'mktemp', 'rm'];

describe('the browser of the tests', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ci-run-'));
    for (const tool of tools) symlinkSync(pathOf(tool), join(directory, tool));
    symlinkSync(process.execPath, join(directory, 'node'));
    // The browser of its settings, and the results of one test that passed.
    install(
      'npm',
      `echo "$1 $CHROMIUM_PATH" >> "${directory}/calls"
       for argument in "$@"; do case "$argument" in --outputFile=*) echo '{ "numPassedTests": 1 }' > "\${argument#*=}" ;; esac; done`,
    );
    install('sudo', 'exec "$@"');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('is found by the script of the pull requests wherever it is on the path, and named to the tests', () => {
    install('apt-get', 'exit 1');
    const browser = install('google-chrome', 'exit 0');

    expect(runScript()).toMatchObject({ status: 0, sum: '1 passed, 0 failed, 0 skipped' });
    expect(calls()).toContain(`test ${browser}`);
    expect(findBrowser({ PATH: ['/nowhere', directory].join(delimiter) })).toBe(browser);
  });

  it('is installed where there is none', () => {
    const browser = join(directory, 'chromium');
    install(
      'apt-get',
      `case "$*" in *install*chromium) : > "${browser}"; "${pathOf('chmod')}" +x "${browser}" ;; esac`,
    );

    expect(runScript()).toMatchObject({ status: 0, sum: '1 passed, 0 failed, 0 skipped' });
    expect(calls()).toContain(`test ${browser}`);
  });

  it('is done without where it cannot be installed: the tests run, and it is said that some are skipped', () => {
    install('apt-get', 'exit 100');

    const { status, sum, stderr } = runScript();

    expect({ status, sum }).toEqual({ status: 0, sum: '1 passed, 0 failed, 0 skipped' });
    expect(stderr).toContain('No Chromium');
    expect(calls()).toContain('test ');
    expect(findBrowser({ PATH: directory })).toBeUndefined();
  });

  it('is not done without where a place is named at which there is none', () => {
    expect(() => findBrowser({ CHROMIUM_PATH: join(directory, 'chromium'), PATH: directory })).toThrow(
      'where there is no file',
    );
  });

  function install(name: string, script: string): string {
    const path = join(directory, name);
    writeFileSync(path, `#!${pathOf('bash')}\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function runScript(): {
    readonly status: number | null;
    readonly sum: string | undefined;
    readonly stderr: string;
  } {
    const { status, stdout, stderr } = spawnSync(join(repository, '.ci/run'), {
      env: { PATH: directory, TMPDIR: directory },
      encoding: 'utf8',
    });
    return { status, sum: stdout.trim().split('\n').at(-1), stderr };
  }

  function calls(): readonly string[] {
    return readFileSync(join(directory, 'calls'), 'utf8').split('\n');
  }
});

function pathOf(tool: string): string {
  return spawnSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
}
