import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SagaStatus } from '../../src/index.js';
import { parseDiagram } from './mermaid.js';

const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');

/** The changes of a saga's status by `applyEntry`. */
const changesOfStatus = [
  [SagaStatus.Pending, SagaStatus.Running],
  [SagaStatus.Running, SagaStatus.Completed],
  [SagaStatus.Running, SagaStatus.Compensating],
  [SagaStatus.Running, SagaStatus.Failed],
  [SagaStatus.Running, SagaStatus.Stuck],
  [SagaStatus.Compensating, SagaStatus.Failed],
  [SagaStatus.Compensating, SagaStatus.Stuck],
  [SagaStatus.Stuck, SagaStatus.Running],
  [SagaStatus.Stuck, SagaStatus.Compensating],
].map(([from, to]) => `${from} --> ${to}`);

describe('the README', () => {
  it('has a picture of the states that Mermaid draws, with every way from one to another', async () => {
    const [, diagram = ''] = /^```mermaid\n(.*?)^```$/ms.exec(readme) ?? [];

    const { structure } = await parseDiagram(diagram);

    const ways = structure.filter((line) => line.includes(' --> '));
    expect(ways.filter((way) => !way.includes('root_')).toSorted()).toEqual(changesOfStatus.toSorted());
    expect(ways.filter((way) => way.includes('root_')).toSorted()).toEqual([
      'completed --> root_end',
      'failed --> root_end',
      'root_start --> pending',
      'root_start --> running',
    ]);
  });
});
