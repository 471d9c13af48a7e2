import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../', import.meta.url);
const isThere = (path) => existsSync(new URL(path, root));
const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md'];

const packages = readdirSync(new URL('packages/', root));
/** The folders in which a page may leave out the beginning of a path. */
const rooms = packages.map((name) => `packages/${name}/src/`);

/** The paths in back quotes, those in pictures, and the targets of links inside the repository. */
function pathsOf(page) {
  const whole = readFileSync(new URL(page, root), 'utf8');
  const pictures = [...whole.matchAll(/^```text\n(.*?)^```/gms)].map(([, picture]) => picture).join('');
  const drawn = [...pictures.matchAll(/(?<=^|\s)[a-z-]+\/[a-z-]+(?=\W)/g)].map(([path]) => `${path}.ts`);
  const text = whole.replaceAll(/^```.*?^```/gms, '');
  const quoted = [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+(?:\/|\.(?:ts|mjs|md|json)))`/g)].map(
    ([, path]) => path,
  );
  const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) => path);
  return [...new Set([...quoted, ...linked, ...drawn])];
}

/** Every file and folder below the sources and tests of the packages. */
const inside = packages.flatMap((name) =>
  readdirSync(new URL(`packages/${name}/`, root), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^(src|test)(\/|$)/.test(path),
  ),
);

/** A name without a folder stands for a file or a folder of this name anywhere in the packages. */
const names = new Set(inside.map((path) => path.split('/').at(-1)));

function isNamedRightly(path) {
  return isThere(path) || rooms.some((room) => isThere(room + path)) || names.has(path.replace(/\/$/, ''));
}

for (const page of pages) {
  void test(`each file and folder that ${page} names exists`, () => {
    const paths = pathsOf(page);
    assert.ok(paths.length > 10, 'the paths of the page were found');
    assert.deepEqual(
      paths.filter((path) => !isNamedRightly(path)),
      [],
    );
  });
}
