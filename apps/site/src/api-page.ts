import { cell } from './cell.js';
import { exportedNames } from './exported-names.js';
import { entryPoints } from './packages.js';

/** The page with every name that an application can import. */
export function apiPage(): string {
  const sections = [...exportedNames(entryPoints())].map(([{ name }, names]) =>
    [
      `## ${name}`,
      '',
      '| name | description |',
      '| --- | --- |',
      ...names.map((one) => `| \`${one.name}\` | ${cell(one.summary)} |`),
      '',
    ].join('\n'),
  );
  return `${title}\n${sections.join('\n')}`;
}

const title = `# Reference: names

Every name that an application can import, with the first sentence of its comment. Your editor shows the whole comment. This page is generated
from the source.
`;
