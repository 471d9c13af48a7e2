import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SagaStatus } from '../../src/index.js';
import { parseDiagram } from './mermaid.js';

const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');

describe('the README', () => {
  it('has a picture of the states that Mermaid draws, with every status in it', async () => {
    const [, diagram = ''] = /^```mermaid\n(.*?)^```$/ms.exec(readme) ?? [];

    const { structure } = await parseDiagram(diagram);

    for (const status of Object.values(SagaStatus)) expect(structure.join('\n')).toContain(status);
  });
});
